namespace Herz.Resilience.Health.Checks;

/// <summary>
/// Whether the thread pool still completes work, from samples of a thread that is not in it. Between two samples at least one work item
/// is queued, so that a pool without any completed item is stuck, not idle. Time without samples (a suspended process, a
/// debugger) counts as one sample. Not thread-safe.
/// </summary>
/// <param name="frequency">Clock ticks per second.</param>
internal sealed class PoolHeartbeat(long frequency)
{
    private readonly long _maxStep = 2 * frequency;
    private long _completed = -1;
    private long _last;
    private long _stalled;
    private long _waiting;

    /// <summary>Clock ticks in which the pool completed nothing.</summary>
    public long StalledTicks => _stalled;

    /// <summary>Clock ticks for which the queued item has been waiting.</summary>
    public long WaitingTicks => _waiting;

    /// <param name="now">The time.</param>
    /// <param name="completed">Work items that the pool has completed since the start of the process.</param>
    /// <param name="isWaiting">Whether the queued item has not run yet.</param>
    public void Sample(long now, long completed, bool isWaiting)
    {
        var step = _completed < 0 ? 0 : Math.Min(now - _last, _maxStep);
        _stalled = completed == _completed ? _stalled + step : 0;
        _waiting = isWaiting ? _waiting + step : 0;
        (_completed, _last) = (completed, now);
    }
}
