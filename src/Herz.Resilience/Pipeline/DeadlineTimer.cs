namespace Herz.Resilience.Pipeline;

/// <summary>A reusable timer, lent to one <see cref="DeadlineSource"/> at a time.</summary>
internal sealed class DeadlineTimer : IDisposable
{
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private volatile DeadlineSource? _owner;

    public DeadlineTimer(TimeProvider time)
    {
        _time = time;
        _timer = CreateWithoutContext();
    }

    public void Lend(DeadlineSource owner) => _owner = owner;

    public void Arm(long deadline)
    {
        var remaining = _time.GetElapsedTime(_time.GetTimestamp(), deadline);

        // A timer counts whole milliseconds, rounded down: the one more spares a tick that comes too early.
        var due = remaining > TimeSpan.Zero ? remaining + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero;
        _timer.Change(due, Timeout.InfiniteTimeSpan);
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
