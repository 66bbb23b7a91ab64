namespace Herz.Resilience.Pipeline.Cancellation;

/// <summary>A reusable timer for one <see cref="DeadlineSource"/> at a time.</summary>
internal sealed class DeadlineTimer : IDisposable
{
    // A later tick means that the process was suspended: a debugger, a stopped process, a suspended machine, a long garbage collection.
    private static readonly TimeSpan s_suspendedFrom = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time;
    private readonly bool _canBeSuspended;
    private readonly ITimer _timer;
    private long _armed;
    private long _due;
    private volatile DeadlineSource? _owner;

    /// <param name="time">The clock.</param>
    /// <param name="canBeSuspended">Whether that clock runs while the process is suspended, as the system clock does.</param>
    public DeadlineTimer(TimeProvider time, bool canBeSuspended)
    {
        _time = time;
        _canBeSuspended = canBeSuspended;
        _timer = CreateWithoutContext();
    }

    public void Lend(DeadlineSource owner) => _owner = owner;

    public void Arm(long deadline)
    {
        var now = _time.GetTimestamp();
        var remaining = _time.GetElapsedTime(now, deadline);
        _armed = now;
        _due = Math.Max(now, deadline);

        // A timer counts whole milliseconds, rounded down: 1 ms more prevents an early tick.
        _timer.Change(remaining > TimeSpan.Zero ? remaining + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// The number of clock ticks by which the deadline moves after a suspension, else 0. It is the lateness of the timer, plus the
    /// same again, at most the time left when the timer was armed: the time left at the suspension is unknown.
    /// </summary>
    public long SuspendedTicks()
    {
        var now = _time.GetTimestamp();
        var late = now - _due;
        return _canBeSuspended && _time.GetElapsedTime(_due, now) >= s_suspendedFrom ? late + Math.Min(late, _due - _armed) : 0;
    }

    public void Release()
    {
        _owner = null;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    // The timer outlives the request that creates it, so it must not capture that request's context.
    private ITimer CreateWithoutContext()
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return Create();
        }

        using (ExecutionContext.SuppressFlow())
        {
            return Create();
        }
    }

    private ITimer Create() => _time.CreateTimer(
        static state => ((DeadlineTimer)state!)._owner?.OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
