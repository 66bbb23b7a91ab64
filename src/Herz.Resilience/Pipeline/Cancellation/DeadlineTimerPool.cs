using System.Collections.Concurrent;

namespace Herz.Resilience.Pipeline.Cancellation;

/// <summary>A pool of timers, so that a deadline does not create its own. Keeps at most 1,024 idle timers.</summary>
/// <param name="time">The clock of deadlines.</param>
/// <param name="canBeSuspended">Whether that clock runs while the process is suspended.</param>
/// <param name="faults">Reports callbacks that throw.</param>
internal sealed class DeadlineTimerPool(TimeProvider time, bool canBeSuspended, GuardFaults faults)
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
            timer = new DeadlineTimer(time, canBeSuspended);
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
