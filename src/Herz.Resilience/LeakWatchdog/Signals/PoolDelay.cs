namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>
/// Measures how long a work item waits for a pool thread, and never waits for it. While the pool is starved, the delay is the time
/// that the item has waited so far.
/// </summary>
internal sealed class PoolDelay(TimeProvider time) : IThreadPoolWorkItem
{
    private long _queuedAt;
    private long _delay;
    private volatile bool _isWaiting;

    /// <summary>The delay of the item queued at the previous call. Queues the next item.</summary>
    public TimeSpan Measure()
    {
        if (_isWaiting)
        {
            return time.GetElapsedTime(_queuedAt);
        }

        var delay = TimeSpan.FromTicks(Volatile.Read(ref _delay));
        _queuedAt = time.GetTimestamp();
        _isWaiting = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return delay;
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _delay, time.GetElapsedTime(_queuedAt).Ticks);
        _isWaiting = false;
    }
}
