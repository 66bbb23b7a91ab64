namespace Herz.Resilience.Pipeline.Cancellation;

/// <summary>A reusable timer, lent to one <see cref="DeadlineSource"/> at a time.</summary>
internal sealed class DeadlineTimer : IDisposable
{
    // A tick that is later than this was held up: a debugger, a stopped process, a suspended machine, a long collection.
    private static readonly TimeSpan s_heldFrom = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time;
    private readonly bool _canBeHeld;
    private readonly ITimer _timer;
    private long _armed;
    private long _due;
    private volatile DeadlineSource? _owner;

    /// <param name="time">The clock.</param>
    /// <param name="canBeHeld">Whether that clock goes on while the process is held, as the machine's does.</param>
    public DeadlineTimer(TimeProvider time, bool canBeHeld)
    {
        _time = time;
        _canBeHeld = canBeHeld;
        _timer = CreateWithoutContext();
    }

    public void Lend(DeadlineSource owner) => _owner = owner;

    public void Arm(long deadline)
    {
        var now = _time.GetTimestamp();
        var remaining = _time.GetElapsedTime(now, deadline);
        _armed = now;
        _due = Math.Max(now, deadline);

        // A timer counts whole milliseconds, rounded down: the one more spares a tick that comes too early.
        _timer.Change(remaining > TimeSpan.Zero ? remaining + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// By how many ticks of the clock the deadline of a process that was held moves: the time by which the timer fires late, and as
    /// much again, but no more than was left when it was armed, since nobody knows what was left when the process was held. Else 0.
    /// </summary>
    public long Held()
    {
        var now = _time.GetTimestamp();
        var late = now - _due;
        return _canBeHeld && _time.GetElapsedTime(_due, now) >= s_heldFrom ? late + Math.Min(late, _due - _armed) : 0;
    }

    public void Release()
    {
        _owner = null;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    // The timer outlives the request that happens to create it, so it must not carry that request's context.
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
