using System.Collections.Concurrent;

namespace Herz.Resilience.Pipeline.Cancellation;

/// <summary>Timers to reuse, so that a deadline costs no timer of its own. Keeps a bounded number of idle ones.</summary>
/// <param name="time">The clock of deadlines.</param>
/// <param name="canBeHeld">Whether that clock goes on while the process is held.</param>
/// <param name="faults">Is notified of callbacks that throw.</param>
internal sealed class DeadlineTimerPool(TimeProvider time, bool canBeHeld, GuardFaults faults)
{
    private const int Capacity = 1024;
    private readonly ConcurrentQueue<DeadlineTimer> _idle = new();
    private int _count;

    public bool HasPassed(long deadline) => time.GetTimestamp() >= deadline;

    public DeadlineTimer Rent(DeadlineSource owner)
    {
        if (_idle.TryDequeue(out var timer))
        {
            Interlocked.Decrement(ref _count);
        }
        else
        {
            timer = new DeadlineTimer(time, canBeHeld);
        }

        timer.Lend(owner);
        return timer;
    }

    public void Return(DeadlineTimer timer)
    {
        timer.Release();
        if (Interlocked.Increment(ref _count) <= Capacity)
        {
            _idle.Enqueue(timer);
        }
        else
        {
            Interlocked.Decrement(ref _count);
            timer.Dispose();
        }
    }

    public void CallbackFailed(Exception exception) => faults.ReportCallback(exception);
}
