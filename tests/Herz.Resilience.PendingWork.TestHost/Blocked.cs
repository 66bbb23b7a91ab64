using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>Threads that wait forever, one method per kind of wait.</summary>
internal static class Blocked
{
    private static readonly object s_monitor = new();
    private static readonly Lock s_lock = new();
    private static readonly ManualResetEventSlim s_slim = new();
    private static readonly SemaphoreSlim s_semaphore = new(0);
    private static readonly ManualResetEvent s_event = new(false);
    private static readonly TaskCompletionSource<int> s_source = new();
    private static readonly BlockingCollection<int> s_queue = [];
    private static readonly TcpListener s_listener = new(IPAddress.Loopback, 0);
    private static int s_done;

    public static void Start(int count)
    {
        using var held = new ManualResetEventSlim();
        Run(() => Hold(held));
        held.Wait();
        s_listener.Start();
        for (var i = 0; i < count; i++)
        {
            Run(EnterMonitor);
            Run(EnterLock);
            Run(WaitSlim);
            Run(WaitSemaphore);
            Run(WaitEvent);
            Run(WaitTask);
            Run(TakeResult);
            Run(TakeFromQueue);
            Run(Accept);
            Run(Sleep);
            Run(() => Nested(3));
        }
    }

    private static void Run(Action body) => new Thread(() => Body(body)) { IsBackground = true }.Start();

    private static void Body(Action body)
    {
        body();
        s_done++;
    }

    private static void Hold(ManualResetEventSlim held)
    {
        lock (s_monitor)
        {
            lock (s_lock)
            {
                held.Set();
                Thread.Sleep(Timeout.Infinite);
            }
        }
    }

    private static void EnterMonitor()
    {
        lock (s_monitor)
        {
            s_done++;
        }
    }

    private static void EnterLock()
    {
        lock (s_lock)
        {
            s_done++;
        }
    }

    // The statement after each wait prevents a tail call.
    private static void WaitSlim()
    {
        s_slim.Wait();
        s_done++;
    }

    private static void WaitSemaphore()
    {
        s_semaphore.Wait();
        s_done++;
    }

    private static void WaitEvent()
    {
        s_event.WaitOne();
        s_done++;
    }

    private static void WaitTask()
    {
        s_source.Task.Wait();
        s_done++;
    }

    private static void TakeResult() => s_done += s_source.Task.Result;

    private static void TakeFromQueue() => s_done += s_queue.Take();

    private static void Accept() => s_done += s_listener.AcceptSocket().Available;

    private static void Sleep()
    {
        Thread.Sleep(Timeout.Infinite);
        s_done++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Nested(int depth)
    {
        if (depth == 0)
        {
            s_slim.Wait();
        }
        else
        {
            Nested(depth - 1);
        }

        s_done++;
    }
}
