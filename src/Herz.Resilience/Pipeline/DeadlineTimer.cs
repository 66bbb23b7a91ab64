namespace Herz.Resilience.Pipeline;

/// <summary>A reusable timer, lent to one <see cref="DeadlineSource"/> at a time.</summary>
internal sealed class DeadlineTimer : IDisposable
{
    // A tick that is later than this was held up: a debugger, a stopped process, a suspended machine, a long collection.
    private static readonly TimeSpan s_heldFrom = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time;
    private readonly TimeProvider _machine;
    private readonly ITimer _timer;
    private long _dueOnMachine;
    private volatile DeadlineSource? _owner;

    /// <param name="time">The clock of the deadline.</param>
    /// <param name="machine">The clock of the machine: whether the process was held does not depend on what clock the app has.</param>
    public DeadlineTimer(TimeProvider time, TimeProvider machine)
    {
        _time = time;
        _machine = machine;
        _timer = CreateWithoutContext();
    }

    public void Lend(DeadlineSource owner) => _owner = owner;

    public void Arm(long deadline)
    {
        var remaining = _time.GetElapsedTime(_time.GetTimestamp(), deadline);

        // A timer counts whole milliseconds, rounded down: the one more spares a tick that comes too early.
        var due = remaining > TimeSpan.Zero ? remaining + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero;
        _dueOnMachine = _machine.GetTimestamp() + (long)(due.TotalSeconds * _machine.TimestampFrequency);
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How much later than it was due the tick came, in ticks of the clock, where that is the machine's doing; else 0.</summary>
    public long Held()
    {
        var late = _machine.GetElapsedTime(_dueOnMachine, _machine.GetTimestamp());
        return late < s_heldFrom ? 0 : (long)(late.TotalSeconds * _time.TimestampFrequency);
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
