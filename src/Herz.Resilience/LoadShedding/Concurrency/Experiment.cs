namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>
/// Tells requests that wait for each other from a dependency that takes longer: fewer are let in flight for about as long as one
/// takes, and the others are held. Where requests wait for each other, as many are completed as before; where they do not,
/// fewer are in proportion, for N = X·W with the same W. The answer is only looked for when those let in since then come
/// to their end: until then both look alike (envoyproxy/envoy#11579). Not thread-safe.
/// </summary>
internal sealed class Experiment
{
    // The share that is let in: as little less as shows, and at most half.
    private const double Deepest = 0.5;
    private const double Shallowest = 0.25;
    private const double FarBehind = 3;
    private const double Deviations = 4;
    // A comparison: of so many at least, over so long, and longer while chance could explain it.
    private const double Enough = 16;
    private const double Most = 1.5;
    private const double Clear = 1.5;
    private const double MostLooks = 5;
    private const double ShortestLook = 0.05;
    // How long it may take in seconds, and in times of what a request took. One that slows down by less than a second in
    // each second takes at most twice as long by the time that its successor is let in.
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

    /// <summary>Whether so few are let in that the answer is beyond doubt.</summary>
    public bool IsDeep => _share <= Deepest * 0.7 && !_isDoubtful;

    /// <summary>Whether what is not clear yet looks more like contention.</summary>
    public bool Leans { get; private set; }

    /// <summary>How many may be in flight.</summary>
    public int Limit { get; private set; }

    /// <summary>How many a second the endpoint completes, as far as known.</summary>
    public double PerSecond => _perSecond;

    /// <summary>How many a second were completed while fewer were in flight; NaN if nothing was measured.</summary>
    public double Measured { get; private set; }

    /// <summary>What one took then, in seconds (Little's law); NaN if nothing was measured.</summary>
    public double Seconds => Limit / Measured;

    /// <summary>How many were completed in the measurement.</summary>
    public int Count { get; private set; }

    /// <summary>Begins with what the symptom showed.</summary>
    /// <param name="at">The time in seconds.</param>
    /// <param name="left">How many have ended on their own since ever.</param>
    /// <param name="inFlight">How many are in flight.</param>
    /// <param name="growth">What the suspicion rests on.</param>
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

    /// <summary>Begins where requests are known to wait for each other.</summary>
    public void Begin(double at, long left, double inFlight, double perSecond)
    {
        _origin = inFlight;
        _perSecond = perSecond;
        _isProven = true;
        _basis = double.PositiveInfinity;
        _longest = Longest;
        Begin(at, left, inFlight, double.MaxValue, Deepest);
    }

    /// <summary>Goes on with half as many.</summary>
    /// <param name="at">The time in seconds.</param>
    /// <param name="left">How many have ended on their own since ever.</param>
    /// <param name="isProven">Whether requests are known to wait for each other by now.</param>
    public void Continue(double at, long left, bool isProven)
    {
        _perSecond = _isProven ? _perSecond : (left - _pooledLeft) / (at - _pooledFrom);
        _isProven = isProven;
        _basis = isProven ? double.PositiveInfinity : left - _pooledLeft;
        _origin = isProven ? Limit : _origin;
        _longest = isProven ? Longest : Math.Max(_longest, 1.5 * Limit / _perSecond);
        Begin(at, left, Limit, double.MaxValue, Deepest);
    }

    /// <summary>What the experiment shows by now.</summary>
    /// <param name="at">The time in seconds.</param>
    /// <param name="left">How many have ended on their own since ever.</param>
    /// <param name="inFlight">How many are in flight.</param>
    /// <param name="isHolding">Whether some are held.</param>
    public Finding Look(double at, long left, double inFlight, bool isHolding)
    {
        // Threads may come here in another order than they looked at the clock.
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

    // As little less as shows in the number that are completed, and more where it is clear that those let in now will take long.
    private static double ShareOf(double inFlight, in Growth growth) =>
        growth.IsGivenUp ? Deepest / 2
        : inFlight / growth.PerSecond > FarBehind * growth.LastSeconds ? Deepest
        : 1 - Math.Clamp(Deviations / Math.Sqrt(Math.Max(inFlight, 1)), Shallowest, Deepest);

    // The relative error of a count by chance, and of what it is compared with.
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

/// <summary>What an <see cref="Experiment"/> has found.</summary>
internal enum Finding
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>As many are completed with fewer in flight: requests wait for each other.</summary>
    AsMany,

    /// <summary>Fewer are completed: each in flight counts.</summary>
    Fewer,

    /// <summary>One or the other: the difference must be larger.</summary>
    Unclear,

    /// <summary>More are completed: it was not at its limit before.</summary>
    More,

    /// <summary>There is room for all: nothing to find out.</summary>
    NoneHeld,

    /// <summary>As many are in flight as before: nothing was held, as where load shedding only observes.</summary>
    NotDrained,
}
