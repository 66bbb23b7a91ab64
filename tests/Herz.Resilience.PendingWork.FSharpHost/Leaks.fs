/// Leaks of tasks and asyncs, written as in services.
module Herz.Resilience.PendingWork.FSharpHost.Leaks

open System
open System.Threading
open System.Threading.Tasks

let private never = TaskCompletionSource()
let private answer = TaskCompletionSource<int>()
let private gate = new SemaphoreSlim(0)

let pay () =
    task {
        do! never.Task
        return 1
    }

let order (number: int) =
    task {
        do! Task.Yield()
        let! paid = pay ()
        return paid + number
    }

let enter () =
    backgroundTask {
        do! Task.Yield()
        do! gate.WaitAsync()
    }

let sleep () = task { do! Task.Delay -1 }

type Repository<'T>(first: 'T) =
    member _.Load() =
        task {
            let! loaded = answer.Task
            return (loaded, first)
        }

let asyncPay () =
    async {
        do! Async.AwaitTask never.Task
        return 5
    }

let asyncOrder () =
    async {
        let! paid = asyncPay ()
        return paid + 1
    }

let asyncSleep () = async { do! Async.Sleep Int32.MaxValue }

let asyncInTask () =
    task {
        let! ordered = Async.StartAsTask(asyncOrder ())
        return ordered + 1
    }
