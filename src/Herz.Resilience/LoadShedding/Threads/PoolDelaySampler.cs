using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding.Threads;

/// <summary>
/// Measures how long work waits for a pool thread, by queueing an empty work item at intervals. Requests trigger it, so an idle
/// process does nothing.
/// </summary>
internal sealed class PoolDelaySampler : IThreadPoolWorkItem
{
    private readonly TimeProvider _time;
    private readonly Action<long, long> _onAnswer;
    private readonly long _interval;
    private long _asked;
    private long _next;

    /// <param name="time">The clock.</param>
    /// <param name="onAnswer">Called with the time and the delay, on a thread of the pool.</param>
    public PoolDelaySampler(TimeProvider time, Action<long, long> onAnswer)
    {
        _time = time;
        _onAnswer = onAnswer;
        _interval = time.TimestampFrequency / 100;
        _next = long.MinValue;
    }

    /// <summary>Queues a work item if none is queued and the last one ran more than 10 ms ago.</summary>
    public void Ask(long now)
    {
        if (now >= Volatile.Read(ref _next) && Interlocked.CompareExchange(ref _asked, 1, 0) == 0)
        {
            _next = _time.GetTimestamp();
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public void Execute()
    {
        var now = _time.GetTimestamp();
        // If a log provider of the app throws, the exception would end the process on this thread.
        Contained.Run((Probe: this, now), static call => call.Probe._onAnswer(call.now, call.now - call.Probe._next));
        Volatile.Write(ref _next, now + _interval);
        Volatile.Write(ref _asked, 0);
    }
}
