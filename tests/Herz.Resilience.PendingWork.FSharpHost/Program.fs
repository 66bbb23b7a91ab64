module Herz.Resilience.PendingWork.FSharpHost.Program

open System
open System.Linq
open System.Threading
open System.Threading.Tasks
open Herz.Resilience.PendingWork
open Herz.Resilience.PendingWork.Capturing

type Token(label: string) =
    member val Label = label

let private current = AsyncLocal<Token>()

/// Each leak starts in a context of its own, like a request.
let private start (label: string) (leak: unit -> obj) =
    Task
        .Run(fun () ->
            current.Value <- Token label
            leak ())
        .Result

let private capture (method: string) (options: PendingWorkOptions) =
    let wanted = Enum.Parse<CaptureMethod> method
    let method = CaptureMethods.ThisProcess().Single(fun method -> method.Method = wanted)
    CaptureGate(CaptureRun([| method |], TimeProvider.System)).Capture options

/// Leaks each kind so many times and prints the profile by one capture method: "10 OwnWalk".
[<EntryPoint>]
let main args =
    let kept =
        [ for _ in 1 .. int args[0] do
              start "GET /order" (fun () -> Leaks.order 1)
              start "GET /enter" (fun () -> Leaks.enter ())
              start "GET /sleep" (fun () -> Leaks.sleep ())
              start "GET /load" (fun () -> Leaks.Repository("text").Load())
              start "GET /async-order" (fun () -> Async.StartAsTask(Leaks.asyncOrder ()))
              start "GET /async-immediate" (fun () -> Async.StartImmediateAsTask(Leaks.asyncOrder ()))
              start "GET /async-sleep" (fun () ->
                  Async.Start(Leaks.asyncSleep ())
                  obj ())
              start "GET /async-in-task" (fun () -> Leaks.asyncInTask ()) ]

    SpinWait.SpinUntil(fun () -> ThreadPool.PendingWorkItemCount = 0L) |> ignore

    let options =
        PendingWorkOptions(Collect = PendingWorkSweep.Full, Origins = [| OriginMarker(typeof<Token>, "Label") |], LongestPause = TimeSpan.FromSeconds 10.)

    (capture args[1] options).WriteTo(Console.Out, PendingWorkFormat.Json)
    GC.KeepAlive kept
    0
