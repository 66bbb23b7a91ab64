using Herz.Resilience.LoadShedding.Queueing;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>
/// The requests of one endpoint that are in flight. While nothing is overloaded a request costs a few interlocked
/// operations here and no lock; everything else is done by the <see cref="Shedder"/>, under its lock.
/// </summary>
internal sealed class EndpointGate
{
    private const long One = 1L + (1L << 32);
    private const int CountBits = 20;
    private const long CountMask = (1L << CountBits) - 1;
    private const int SquareBits = 6;
    private const long LongestSample = 100_000_000;
    private const double HoldsFrom = 0.001;
    private const double BlocksFrom = 0.005;
    private const double BlocksSurelyFrom = 0.100;
    private const double BlocksBelow = 0.10;
    private const double Smoothing = 0.2;

    private readonly Shedder _shedder;

    // In flight in the lower half, threads held in the upper: one operation changes both.
    private long _load;

    // Since the process began; what a window measured is a difference, which is right also after an overflow.
    private long _samples;
    private long _squares;
    private long _givenUp;
    private long _failed;
    private long _clients;
    private GateCounts _windowCounts;
    private GateCounts _leftCounts;
    private long _left;
    private double _withClients;
    private int _before;
    private long _windowEnd;
    private volatile bool _isInBulkhead;
    private volatile bool _watchesAnswers;
    private double _hold = double.NaN;
    private double _computes = double.NaN;
    private volatile int _limit;
    private volatile int _waiting;

    public EndpointGate(string key, Shedder shedder)
    {
        Key = key;
        _shedder = shedder;
        _limit = LimitFinder.Unlimited;
        Finder = new LimitFinder();
    }

    public string Key { get; }

    /// <summary>Only under the lock of the shedder.</summary>
    public LimitFinder Finder { get; }

    /// <summary>Only under the lock of the shedder.</summary>
    public WaitingQueue Queue { get; } = new();

    /// <summary>Only under the lock of the shedder.</summary>
    public long WindowBegan { get; set; }

    /// <summary>How many seconds of the window went by before the first could end. Only under the lock of the shedder.</summary>
    public double Filling { get; set; }

    /// <summary>Whether what meets the limit goes on all the same.</summary>
    public bool IsObserved { get; set; }

    /// <summary>When it was looked at last. Only under the lock of the shedder.</summary>
    public long LastClose { get; set; }

    /// <summary>Only under the lock of the shedder.</summary>
    public bool HitLimit { get; set; }

    /// <summary>Only under the lock of the shedder.</summary>
    public bool Refused { get; set; }

    /// <summary>Since when its queue is never empty; meaningless while it is. Only under the lock of the shedder.</summary>
    public long QueuedSince { get; set; }

    /// <summary>When one of its requests ended last, as far as seen. Only under the lock of the shedder.</summary>
    public long Progress { get; set; }

    /// <summary>Only under the lock of the shedder.</summary>
    public long LeftAtProgress { get; set; }

    /// <summary>Whether its answers are streams, which live long by their nature: it is left alone then.</summary>
    public bool IsStreaming { get; set; }

    public int InFlight => (int)Volatile.Read(ref _load);

    /// <summary>How many threads of the pool its handlers hold: those that have not returned their task yet.</summary>
    public int Held => (int)(Volatile.Read(ref _load) >> 32);

    public int Limit => _limit;

    public int Waiting => _waiting;

    /// <summary>Whether its handlers hold their thread for long enough to matter to others.</summary>
    public bool HoldsThreads => _hold >= HoldsFrom;

    /// <summary>Whether they hold it for long without computing.</summary>
    public bool BlocksThreads => _hold >= BlocksFrom && _computes <= BlocksBelow;

    /// <summary>Whether it is of interest how much of the time its handlers compute.</summary>
    public bool HoldsThreadsLong => _hold >= BlocksFrom;

    /// <summary>Whether its handlers are to run on threads of their own, since they block theirs and have starved the pool.</summary>
    public bool IsInBulkhead
    {
        get => _isInBulkhead;
        set => _isInBulkhead = value;
    }

    /// <summary>Whether it is of interest how long each of its handlers holds its thread; else some of them will do.</summary>
    public bool IsToBeMeasured => !(_hold < BlocksFrom);

    /// <summary>Whether it is of interest when its answers begin.</summary>
    public bool WatchesAnswers => _watchesAnswers;

    /// <summary>How many are in flight without those that wait for their client, as far as known.</summary>
    public double InFlightOfItsOwn => Math.Max(0, InFlight - _withClients);

    /// <summary>A place in flight at once, unless something is overloaded or waits.</summary>
    public bool TryEnter(RequestPriority priority)
    {
        if (_waiting != 0 || _isInBulkhead || (_shedder.Pool.Saturated && HoldsThreads))
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

    /// <summary>A place for a request that goes on whatever the limit says; false if there was none left.</summary>
    public bool EnterAnyway(RequestPriority priority)
    {
        HitLimit = true;
        IsObserved = true;
        return (int)Interlocked.Add(ref _load, One) <= LimitFor(priority) && (!_shedder.Pool.Saturated || !HoldsThreads || Held <= _shedder.Pool.Limit);
    }

    /// <summary>The handler has returned its task, and so its thread.</summary>
    /// <param name="seconds">How long it held the thread; NaN if nobody measured.</param>
    /// <param name="cpuSeconds">The CPU time that it used of it; NaN if nobody measured.</param>
    public void Release(double seconds, double cpuSeconds)
    {
        Interlocked.Add(ref _load, -(1L << 32));
        if (seconds >= 0)
        {
            // Two threads may race here; either value will do.
            _hold = Smooth(_hold, seconds);
            _computes = cpuSeconds >= 0 ? Smooth(_computes, Math.Min(cpuSeconds / Math.Max(seconds, 1e-6), 1)) : _computes;
            _isInBulkhead = _isInBulkhead ? _hold >= BlocksFrom / 2 && _computes <= 2 * BlocksBelow : _hold >= BlocksSurelyFrom && BlocksThreads && _shedder.MayBlock(Held);
        }
    }

    /// <summary>The request has truly ended.</summary>
    /// <param name="began">When it got its place.</param>
    /// <param name="ended">Now.</param>
    /// <param name="ending">What its time says about what requests of this endpoint take.</param>
    /// <param name="held">Whether its handler never returned, so that it holds a thread still.</param>
    /// <param name="clientTicks">How much of its time was its client's.</param>
    public void Leave(long began, long ended, PlaceEnding ending, bool held, long clientTicks = 0)
    {
        Interlocked.Add(ref _load, held ? -One : -1);
        if (ending is PlaceEnding.Answered or PlaceEnding.GivenUp)
        {
            var time = Math.Clamp(_shedder.ToMicroseconds(ended - began - clientTicks), 0, LongestSample);
            if (ending == PlaceEnding.Answered)
            {
                Interlocked.Add(ref _samples, (time << CountBits) + 1);
                Interlocked.Add(ref _squares, (time >> SquareBits) * (time >> SquareBits));
            }
            else
            {
                Interlocked.Add(ref _givenUp, (time << CountBits) + 1);
            }
        }
        else if (ending == PlaceEnding.Failed)
        {
            Interlocked.Increment(ref _failed);
        }

        if (clientTicks > 0)
        {
            Interlocked.Add(ref _clients, Math.Min(clientTicks, ended - began));
        }

        if (ended >= Volatile.Read(ref _windowEnd))
        {
            _shedder.Close(this, ended, began);
        }

        _shedder.Pump(ended);
    }

    /// <summary>Only under the lock of the shedder.</summary>
    public void Admit_NeedsLock() => Interlocked.Add(ref _load, One);

    /// <summary>Only under the lock of the shedder.</summary>
    public void Count_NeedsLock() => _waiting = Queue.Count;

    /// <summary>What has ended so far.</summary>
    public GateCounts Count() => new(
        Volatile.Read(ref _samples), Volatile.Read(ref _squares), Volatile.Read(ref _givenUp), Volatile.Read(ref _failed), Volatile.Read(ref _clients));

    /// <summary>How many have ended on their own so far. Only under the lock of the shedder.</summary>
    public long Left_NeedsLock(in GateCounts counts)
    {
        _left += (counts.Samples - _leftCounts.Samples) & CountMask;
        _leftCounts = counts;
        return _left + counts.Failed;
    }

    /// <summary>Whether so many were given up since the window began that this is why places are free. Only under the lock of the shedder.</summary>
    public bool AreMostGivenUp_NeedsLock(in GateCounts counts) =>
        ((counts.GivenUp - _windowCounts.GivenUp) & CountMask) > ((counts.Samples - _windowCounts.Samples) & CountMask) / 4;

    /// <summary>Begins a window. Only under the lock of the shedder.</summary>
    public void Restart_NeedsLock(in GateCounts counts, long now, long end, bool isNew)
    {
        if (isNew)
        {
            WindowBegan = now;
            Filling = 0;
            HitLimit = Queue.Count > 0;
            Refused = false;
            _windowCounts = counts;
            _before = InFlight;
        }

        Volatile.Write(ref _windowEnd, end);
        if (Finder.Phase == LimitPhase.Open)
        {
            (LeftAtProgress, Progress) = (Left_NeedsLock(counts), now);
        }

        _watchesAnswers = Finder.IsUnderSuspicion;
        _limit = Finder.Limit == LimitFinder.Unlimited ? LimitFinder.Unlimited : Finder.Limit + (int)_withClients;
    }

    public void Extend_NeedsLock(long end) => Volatile.Write(ref _windowEnd, end);

    /// <summary>What was measured since the window began. Only under the lock of the shedder.</summary>
    public LoadWindow Read_NeedsLock(in GateCounts counts, double at, double seconds)
    {
        var samples = counts.Samples - _windowCounts.Samples;
        var completed = (int)(samples & CountMask);
        var lost = counts.GivenUp - _windowCounts.GivenUp;
        var givenUp = (int)(lost & CountMask);
        var left = completed + (int)(counts.Failed - _windowCounts.Failed);
        var answeredIn = (samples >> CountBits) / 1e6;
        var present = answeredIn + ((lost >> CountBits) / 1e6);

        if (seconds >= Finder.WindowSeconds)
        {
            // Those that waited for their client were that many on average (Little's law), and are not the endpoint's. Over a window that
            // has only begun an average says nothing.
            var clients = _shedder.ToMicroseconds(counts.Clients - _windowCounts.Clients) / 1e6 / seconds;
            _withClients = clients > _withClients ? clients : Smooth(_withClients, clients);
        }

        var before = Math.Max(0, _before - _withClients);
        if (completed == 0)
        {
            return new LoadWindow(at, seconds, before, InFlightOfItsOwn, 0, left, givenUp, 0, present, 0, HitLimit, Refused, Filling);
        }

        // Those that were given up have taken their time too, and for nothing: a mean over the others would end at the deadline.
        var mean = present / completed;
        var squares = (counts.Squares - _windowCounts.Squares) * (double)(1L << (2 * SquareBits)) / (completed * 1e12);
        var error = givenUp > 0 ? mean / Math.Sqrt(completed) : Math.Sqrt(Math.Max(0, squares - (mean * mean)) / completed);
        return new LoadWindow(at, seconds, before, InFlightOfItsOwn, completed, left, givenUp, answeredIn / completed, mean, error, HitLimit, Refused, Filling);
    }

    /// <summary>The most important requests find some room above the limit, so that they need not wait for a place.</summary>
    public int LimitFor(RequestPriority priority)
    {
        var limit = _limit;
        return priority != RequestPriority.Critical || limit == LimitFinder.Unlimited ? limit : limit + (limit / 4) + 1;
    }

    private static double Smooth(double mean, double value) => double.IsNaN(mean) ? value : mean + (Smoothing * (value - mean));
}

/// <summary>What has ended of an endpoint since the process began.</summary>
/// <param name="Samples">The answered in the lowest 20 bits, and above them the microseconds that they took.</param>
/// <param name="Squares">The squares of their times.</param>
/// <param name="GivenUp">The same of those that were given up.</param>
/// <param name="Failed">How many ended on their own, but not so that their time counts.</param>
/// <param name="Clients">The ticks that requests waited for their clients.</param>
internal readonly record struct GateCounts(long Samples, long Squares, long GivenUp, long Failed, long Clients);

/// <summary>How a request ended that had a place in flight.</summary>
internal enum PlaceEnding
{
    /// <summary>It never began, and says nothing.</summary>
    Unused,

    /// <summary>On its own, but in a way that says nothing about the time that requests take.</summary>
    Failed,

    /// <summary>It was answered.</summary>
    Answered,

    /// <summary>Its deadline passed or its client left: an answer would have taken longer.</summary>
    GivenUp,
}
