namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>
/// Distinguishes contention from a slower dependency: for about the time of one request, fewer requests are admitted and the others
/// are held. With contention, throughput stays the same; without it, throughput falls in proportion (N = X·W with the same W). The
/// result is measured only when requests that were admitted since the start end: until then both cases look alike
/// (envoyproxy/envoy#11579). Not thread-safe.
/// </summary>
internal sealed class Experiment
{
    // The reduction of requests in flight: as small as can be measured, and at most half.
    private const double Deepest = 0.5;
    private const double Shallowest = 0.25;
    private const double FarBehind = 3;
    private const double Deviations = 4;
    // A comparison needs this many completions over this time, and longer while chance could explain the difference.
    private const double Enough = 16;
    private const double Most = 1.5;
    private const double Clear = 1.5;
    private const double MostLooks = 5;
    private const double ShortestLook = 0.05;
    // Maximum duration in seconds, and in multiples of the time of a request. A request that slows down by less than a second per
    // second takes at most twice as long when its successor is admitted.
    private const double Longest = 2;
    private const double LongestTimes = 3;
    private const double Shortest = 0.25;
    private const double Transition = 2;

    private double _began;
    private double _inFlight;
    private double _perSecond;
    private double _seconds;
    private double _dispersion = 1;
    private double _origin;
    private double _longest;
    private bool _isProven;
    private bool _isDoubtful;
    private double _basis;
    private double _pooledFrom;
    private double _pooledLeft;
    private double _lookFrom;
    private double _share;
    private long _leftAtBegin;
    private double _lookBegan;
    private long _leftAtLook;

    /// <summary>Whether so few requests are admitted that the result is certain.</summary>
    public bool IsDeep => _share <= Deepest * 0.7 && !_isDoubtful;

    /// <summary>Whether an unclear result looks more like contention.</summary>
    public bool Leans { get; private set; }

    /// <summary>Maximum number in flight.</summary>
    public int Limit { get; private set; }

    /// <summary>Known throughput of the endpoint per second.</summary>
    public double PerSecond => _perSecond;

    /// <summary>Throughput per second with fewer in flight; NaN if not measured.</summary>
    public double Measured { get; private set; }

    /// <summary>The time of a request then, in seconds (Little's law); NaN if not measured.</summary>
    public double Seconds => Limit / Measured;

    /// <summary>Number of completions in the measurement.</summary>
    public int Count { get; private set; }

    /// <summary>Starts after a suspicion.</summary>
    /// <param name="at">The time in seconds.</param>
    /// <param name="left">Number of requests that have ended on their own since the process started.</param>
    /// <param name="inFlight">Number of requests in flight.</param>
    /// <param name="growth">The growth that caused the suspicion.</param>
    public void Begin(double at, long left, double inFlight, in Growth growth)
    {
        _dispersion = growth.Dispersion;
        _origin = inFlight;
        _perSecond = growth.PerSecond;
        _isProven = false;
        _isDoubtful = false;
        Leans = false;
        _basis = growth.Count / 2;
        (_pooledFrom, _pooledLeft) = (at - (growth.Count / 2 / _perSecond), left - (growth.Count / 2));
        _longest = Shortest + (LongestTimes * growth.LastSeconds);
        Begin(at, left, inFlight, (growth.IsGivenUp ? 1 : Transition) * growth.LastSeconds, ShareOf(inFlight, growth));
    }

    /// <summary>Starts where contention is already proven.</summary>
    public void Begin(double at, long left, double inFlight, double perSecond)
    {
        _origin = inFlight;
        _perSecond = perSecond;
        _isProven = true;
        _basis = double.PositiveInfinity;
        _longest = Longest;
        Begin(at, left, inFlight, double.MaxValue, Deepest);
    }

    /// <summary>Continues with half as many.</summary>
    /// <param name="at">The time in seconds.</param>
    /// <param name="left">Number of requests that have ended on their own since the process started.</param>
    /// <param name="isProven">Whether contention is proven by now.</param>
    public void Continue(double at, long left, bool isProven)
    {
        _perSecond = _isProven ? _perSecond : (left - _pooledLeft) / (at - _pooledFrom);
        _isProven = isProven;
        _basis = isProven ? double.PositiveInfinity : left - _pooledLeft;
        _origin = isProven ? Limit : _origin;
        _longest = isProven ? Longest : Math.Max(_longest, 1.5 * Limit / _perSecond);
        Begin(at, left, Limit, double.MaxValue, Deepest);
    }

    /// <summary>The result so far.</summary>
    /// <param name="at">The time in seconds.</param>
    /// <param name="left">Number of requests that have ended on their own since the process started.</param>
    /// <param name="inFlight">Number of requests in flight.</param>
    /// <param name="isHolding">Whether requests are held.</param>
    public Finding Look(double at, long left, double inFlight, bool isHolding)
    {
        // Threads may arrive in another order than they read the clock.
        if (at <= _began)
        {
            return Finding.None;
        }

        var expected = _perSecond * (at - _began);
        var chance = Deviations * expected * Error(expected);
        if (!_isProven && left - _leftAtBegin < expected - chance)
        {
            return Finding.Fewer;
        }

        if (!_isProven && expected >= Enough && left - _leftAtBegin > (Most * expected) + chance)
        {
            return Finding.More;
        }

        var isDrained = inFlight <= Limit + 1 + (Limit / 4);
        if (isDrained && !isHolding)
        {
            return Finding.NoneHeld;
        }

        if (double.IsNaN(_lookBegan))
        {
            if (at >= _lookFrom && isDrained)
            {
                (_lookBegan, _leftAtLook) = (at, left);
            }
            else if (at - _began > _longest)
            {
                return inFlight > _origin ? Finding.NotDrained : Finding.Fewer;
            }

            return Finding.None;
        }

        return Compare(at, left);
    }

    private Finding Compare(double at, long left)
    {
        var seconds = at - _lookBegan;
        var shortest = Math.Max(Math.Max(ShortestLook, _seconds / 4), Enough / _perSecond);
        if (seconds < shortest)
        {
            return Finding.None;
        }

        Count = (int)(left - _leftAtLook);
        Measured = Count / seconds;
        var ratio = Measured / _perSecond;
        var between = (1 + _share) / 2;
        var error = Error(_perSecond * seconds);
        if (Math.Abs(ratio - between) < Clear * error)
        {
            if (seconds < MostLooks * shortest && at - _began < _longest)
            {
                return Finding.None;
            }

            if (!_isProven && _share > Deepest - 0.1)
            {
                _isDoubtful = ratio < between;
                Leans = ratio >= (1 + between) / 2;
                return Finding.Unclear;
            }
        }

        return ratio > Most + (2 * error) ? Finding.More : ratio >= between ? Finding.AsMany : Finding.Fewer;
    }

    // As small a reduction as can be measured, and a larger one if requests admitted now will clearly take long.
    private static double ShareOf(double inFlight, in Growth growth) =>
        growth.IsGivenUp ? Deepest / 2
        : inFlight / growth.PerSecond > FarBehind * growth.LastSeconds ? Deepest
        : 1 - Math.Clamp(Deviations / Math.Sqrt(Math.Max(inFlight, 1)), Shallowest, Deepest);

    // The relative error of a count by chance, and of the value it is compared with.
    private double Error(double expected) => Math.Sqrt(_dispersion * ((1 / Math.Max(expected, 1e-6)) + (1 / _basis)));

    private void Begin(double at, long left, double inFlight, double seconds, double share)
    {
        _began = at;
        _leftAtBegin = left;
        _inFlight = inFlight;
        Limit = (int)Math.Max(1, Math.Floor(inFlight * share));
        _share = Limit / Math.Max(_origin, 1);
        _seconds = Math.Min(inFlight / _perSecond, seconds);
        _lookFrom = at + _seconds;
        _lookBegan = double.NaN;
        Measured = double.NaN;
        Count = 0;
    }
}

/// <summary>The result of an <see cref="Experiment"/>.</summary>
internal enum Finding
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>The same throughput with fewer in flight: contention.</summary>
    AsMany,

    /// <summary>Lower throughput: no contention.</summary>
    Fewer,

    /// <summary>Not clear: the reduction must be larger.</summary>
    Unclear,

    /// <summary>Higher throughput: the endpoint was not at its limit before.</summary>
    More,

    /// <summary>No request had to be held, so there is nothing to measure.</summary>
    NoneHeld,

    /// <summary>As many are in flight as before: nothing was held, as in the mode Observe.</summary>
    NotDrained,
}
