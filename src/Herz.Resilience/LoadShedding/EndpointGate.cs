using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding;

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
    private const double BlocksFrom = 0.020;
    private const double BlocksSurelyFrom = 0.100;
    private const double BlocksBelow = 0.10;
    private const double Smoothing = 0.2;

    private readonly Shedder _shedder;

    // In flight in the lower half, threads held in the upper: one operation changes both.
    private long _load;
    private long _samples;
    private long _squares;
    private int _givenUp;
    private long _sampleFrom;
    private long _windowEnd;
    private long _seen;
    private volatile bool _isDrained;
    private volatile bool _isApart;
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
    public WaitingLine Line { get; } = new();

    /// <summary>Only under the lock of the shedder.</summary>
    public long WindowBegan { get; set; }

    /// <summary>Only under the lock of the shedder.</summary>
    public bool HitLimit { get; set; }

    /// <summary>Only under the lock of the shedder.</summary>
    public bool Refused { get; set; }

    /// <summary>Since when the line is never empty; meaningless while it is. Only under the lock of the shedder.</summary>
    public long StandsSince { get; set; }

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
    public bool IsApart
    {
        get => _isApart;
        set => _isApart = value;
    }

    /// <summary>Whether it is of interest how long each of its handlers holds its thread; else some of them will do.</summary>
    public bool IsToBeMeasured => !(_hold < BlocksFrom);

    /// <summary>How few are in flight when an experiment can begin.</summary>
    public int DrainedAt => WithRoom(_limit);

    public bool IsSampling => Volatile.Read(ref _sampleFrom) != long.MaxValue;

    /// <summary>A place in flight at once, unless something is overloaded or waits.</summary>
    public bool TryEnter(RequestPriority priority)
    {
        if (_waiting != 0 || _isApart || (_shedder.Pool.Saturated && HoldsThreads))
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
            _isApart = _isApart ? _hold >= BlocksFrom / 2 && _computes <= 2 * BlocksBelow : _hold >= BlocksSurelyFrom && BlocksThreads && _shedder.MayBlock(Held);
        }
    }

    /// <summary>The request has truly ended.</summary>
    /// <param name="began">When it got its place.</param>
    /// <param name="ended">Now.</param>
    /// <param name="ending">What its time tells of what requests of this endpoint take.</param>
    /// <param name="held">Whether its handler never returned, so that it holds a thread still.</param>
    public void Leave(long began, long ended, PlaceEnding ending, bool held)
    {
        var inFlight = (int)Interlocked.Add(ref _load, held ? -One : -1);
        var sampleFrom = Volatile.Read(ref _sampleFrom);
        if (_isDrained && ending == PlaceEnding.Answered)
        {
            // Between what the one that leaves saw and what it leaves behind.
            Interlocked.Add(ref _seen, (((2L * inFlight) + 1) << CountBits) + 1);
        }

        if (ending != PlaceEnding.Untold && began >= sampleFrom)
        {
            var time = Math.Clamp(_shedder.ToMicroseconds(ended - began), 0, LongestSample);
            Interlocked.Add(ref _samples, (time << CountBits) + (ending == PlaceEnding.Answered ? 1 : 0));
            Interlocked.Add(ref _squares, ending == PlaceEnding.Answered ? (time >> SquareBits) * (time >> SquareBits) : 0);
            if (ending == PlaceEnding.GivenUp)
            {
                Interlocked.Increment(ref _givenUp);
            }
        }

        if (ended >= Volatile.Read(ref _windowEnd) || (sampleFrom == long.MaxValue && inFlight <= DrainedAt))
        {
            _shedder.Close(this, ended);
        }

        _shedder.Pump(ended);
    }

    /// <summary>Only under the lock of the shedder.</summary>
    public void Admit_NeedsLock() => Interlocked.Add(ref _load, One);

    /// <summary>Only under the lock of the shedder.</summary>
    public void Count_NeedsLock() => _waiting = Line.Count;

    /// <summary>Begins a window. Only under the lock of the shedder.</summary>
    public void Restart_NeedsLock(long now, long end, long sampleFrom)
    {
        WindowBegan = now;
        HitLimit = Line.Count > 0;
        Refused = false;
        _isDrained = Finder.Phase == LimitPhase.Draining && sampleFrom != long.MaxValue;
        Interlocked.Exchange(ref _seen, 0);
        Interlocked.Exchange(ref _samples, 0);
        Interlocked.Exchange(ref _squares, 0);
        Interlocked.Exchange(ref _givenUp, 0);
        Volatile.Write(ref _sampleFrom, sampleFrom);
        Volatile.Write(ref _windowEnd, end);
        _limit = Finder.Limit;
    }

    public void Extend_NeedsLock(long end) => Volatile.Write(ref _windowEnd, end);

    /// <summary>What was measured since the window began.</summary>
    public LoadWindow Read(double at, double seconds)
    {
        var samples = Volatile.Read(ref _samples);
        var completed = (int)(samples & CountMask);
        var givenUp = Volatile.Read(ref _givenUp);
        var present = (samples >> CountBits) / 1e6;
        if (completed == 0)
        {
            return new LoadWindow(at, seconds, 0, givenUp, present, 0, HitLimit, Refused);
        }

        // Those that were given up have taken their time too, and for nothing: a mean over the others would end at the deadline.
        var mean = present / completed;
        var answered = Volatile.Read(ref _squares) * (double)(1L << (2 * SquareBits)) / (completed * 1e12);
        var error = givenUp > 0 ? mean / Math.Sqrt(completed) : Math.Sqrt(Math.Max(0, answered - (mean * mean)) / completed);
        if (_isDrained)
        {
            // Those that are still in flight are the slow ones. Little's law counts them too: how many were in flight, by
            // how many were answered in a second.
            var seen = Volatile.Read(ref _seen);
            var left = Math.Max(1, seen & CountMask);
            mean = Math.Max(mean, (seen >> CountBits) / 2.0 / left * seconds / left);
            error = Math.Max(error, mean / Math.Sqrt(completed));
        }

        return new LoadWindow(at, seconds, completed, givenUp, mean, error, HitLimit, Refused);
    }

    /// <summary>
    /// The most important requests find some room above the limit, so that they need not wait for a place, and do not
    /// stand back for what an overload has left behind.
    /// </summary>
    public int LimitFor(RequestPriority priority)
    {
        var limit = _limit;
        return priority != RequestPriority.Critical || limit == LimitFinder.Unlimited ? limit : IsSampling ? WithRoom(limit) : LimitFinder.Unlimited;
    }

    private static double Smooth(double mean, double value) => double.IsNaN(mean) ? value : mean + (Smoothing * (value - mean));

    private static int WithRoom(int limit) => limit + (limit / 4) + 1;
}

/// <summary>How a request ended that had a place in flight.</summary>
internal enum PlaceEnding
{
    /// <summary>In a way that tells nothing about the time that requests take.</summary>
    Untold,

    /// <summary>It was answered.</summary>
    Answered,

    /// <summary>Its deadline passed or its client left: an answer would have taken longer.</summary>
    GivenUp,
}
