using Herz.Resilience.LoadShedding.Threads;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>
/// The requests of one endpoint that are in flight: lock-free counters. While nothing is overloaded, a request costs a few
/// interlocked operations here and no lock. Everything else is in <see cref="State"/>, which the <see cref="Shedder"/> owns.
/// </summary>
/// <param name="key">The name of the endpoint.</param>
/// <param name="shedder">The shedder.</param>
internal sealed class EndpointGate(string key, Shedder shedder)
{
    // In flight in the lower half, held threads in the upper: one operation changes both.
    private const long One = 1L + (1L << 32);

    private long _load;
    private EndedRequests _ended;
    private ThreadUse _threads = new();
    private long _windowEnd;
    private volatile int _limit = LimitFinder.Unlimited;
    private volatile int _waiting;
    private volatile bool _isInBulkhead;
    private volatile bool _recordsAnswerStart;

    public string Key => key;

    /// <summary>Only under the lock of the shedder.</summary>
    public EndpointState State { get; } = new(shedder.TicksPerSecond);

    /// <summary>Whether its answers are streams, which run long by nature: it is exempt then.</summary>
    public bool IsStreaming { get; set; }

    public int InFlight => (int)Volatile.Read(ref _load);

    /// <summary>How many threads of the pool its handlers hold: those that have not returned their task yet.</summary>
    public int HeldThreads => (int)(Volatile.Read(ref _load) >> 32);

    public int Limit => _limit;

    public int Waiting => _waiting;

    /// <inheritdoc cref="ThreadUse.HoldsThreads"/>
    public bool HoldsThreads => _threads.HoldsThreads;

    /// <inheritdoc cref="ThreadUse.BlocksThreads"/>
    public bool BlocksThreads => _threads.BlocksThreads;

    /// <inheritdoc cref="ThreadUse.HoldsThreadsLong"/>
    public bool HoldsThreadsLong => _threads.HoldsThreadsLong;

    /// <inheritdoc cref="ThreadUse.IsToBeMeasured"/>
    public bool IsToBeMeasured => _threads.IsToBeMeasured;

    /// <summary>Whether its handlers run on dedicated threads, because they block theirs and have starved the pool.</summary>
    public bool IsInBulkhead
    {
        get => _isInBulkhead;
        set => _isInBulkhead = value;
    }

    /// <summary>Whether the start of its answers must be recorded.</summary>
    public bool RecordsAnswerStart => _recordsAnswerStart;

    /// <summary>Enters at once, unless something is overloaded or queued.</summary>
    public bool TryEnter(RequestPriority priority)
    {
        if (_waiting != 0 || _isInBulkhead || (shedder.Pool.Saturated && HoldsThreads))
        {
            return false;
        }

        if ((int)Interlocked.Add(ref _load, One) <= LimitFor(priority))
        {
            return true;
        }

        Interlocked.Add(ref _load, -One);
        return false;
    }

    /// <summary>Enters regardless of the limit; false if the limit would have refused or queued the request.</summary>
    public bool EnterAnyway(RequestPriority priority)
    {
        State.HitLimit = true;
        State.IsObserved = true;
        return (int)Interlocked.Add(ref _load, One) <= LimitFor(priority) && (!shedder.Pool.Saturated || !HoldsThreads || HeldThreads <= shedder.Pool.Limit);
    }

    /// <summary>The handler has returned its task, and so its thread.</summary>
    /// <param name="seconds">How long it held the thread; NaN if not measured.</param>
    /// <param name="cpuSeconds">The CPU time that it used of it; NaN if not measured.</param>
    public void Release(double seconds, double cpuSeconds)
    {
        Interlocked.Add(ref _load, -(1L << 32));
        if (seconds >= 0)
        {
            _threads.Record(seconds, cpuSeconds);
            _isInBulkhead = _isInBulkhead ? _threads.StillBlocksThreads : _threads.BlocksThreadsSurely && shedder.MayBlock(HeldThreads);
        }
    }

    /// <summary>The request has truly ended.</summary>
    /// <param name="start">When it entered.</param>
    /// <param name="end">Now.</param>
    /// <param name="ending">What its time says about the requests of this endpoint.</param>
    /// <param name="holdsThread">Whether its handler never returned, so that it still holds a thread.</param>
    /// <param name="clientTicks">The clock ticks that it waited for its client.</param>
    public void Leave(long start, long end, RequestEnding ending, bool holdsThread, long clientTicks = 0)
    {
        Interlocked.Add(ref _load, holdsThread ? -One : -1);
        if (ending != RequestEnding.Unused || clientTicks > 0)
        {
            _ended.Add(ending, shedder.ToMicroseconds(end - start - clientTicks), Math.Min(clientTicks, end - start));
        }

        if (end >= Volatile.Read(ref _windowEnd))
        {
            shedder.CloseWindow(this, end, start);
        }

        shedder.Pump(end);
    }

    /// <summary>What has ended so far.</summary>
    public EndedRequests.EndedCounts ReadEnded() => _ended.Read();

    /// <summary>The limit of a priority: critical requests get some room above the limit, so that they need not wait.</summary>
    public int LimitFor(RequestPriority priority)
    {
        var limit = _limit;
        return priority != RequestPriority.Critical || limit == LimitFinder.Unlimited ? limit : limit + (limit / 4) + 1;
    }

    public void Admit_NeedsLock() => Interlocked.Add(ref _load, One);

    public void PublishWaiting_NeedsLock() => _waiting = State.Queue.Count;

    /// <summary>The window is checked next at this time.</summary>
    public void CheckWindowAt_NeedsLock(long end) => Volatile.Write(ref _windowEnd, end);

    /// <summary>Puts the limit that was found into force.</summary>
    public void PublishLimit_NeedsLock()
    {
        var limit = State.Finder.Limit;
        _recordsAnswerStart = State.Finder.IsUnderSuspicion;
        _limit = limit == LimitFinder.Unlimited ? limit : limit + (int)State.WaitingForClients;
    }
}
