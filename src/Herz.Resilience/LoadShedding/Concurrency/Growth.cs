namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>The change of requests in flight, throughput and times over consecutive windows in which more requests arrived than ended.</summary>
internal readonly struct Growth
{
    // Standard deviations above chance (Poisson), for the growth and for a comparison of its halves.
    private const double Sure = 3;
    private const double Power = 2.5;

    // The share of the growth up to which throughput may rise, and from which times have risen.
    private const double Share = 0.35;
    private const double Steady = 0.12;
    private const double FastShare = 0.05;

    // An endpoint that takes seconds by nature is exempt. If it only became slow, or throughput was lost, this must last.
    private const double SlowByNature = 1;
    private const double Slow = 0.7;
    private const double Lasting = 4;
    private const double LastingGivenUp = 0.5;
    private const double MuchGrowth = 0.5;
    private const double LastingLoss = 0.75;
    private const double LostShare = 0.9;

    private readonly Sums _one;
    private readonly Sums _other;
    private readonly Sums _head;
    private readonly Sums _tail;
    private readonly double _after;
    private readonly double _firstSeconds;
    private readonly double _leastPart;

    private Growth(ReadOnlySpan<LoadWindow> windows, Sums one, Sums other)
    {
        (_one, _other) = (one, other);
        (_after, Dispersion) = (windows[^1].After, DispersionOf(windows, PerSecondOverall));
        _firstSeconds = windows[0].Completed > 0 ? windows[0].AnsweredMean : one.Mean;
        LastSeconds = windows[^1].Completed > 0 ? windows[^1].AnsweredMean : other.Mean;
        _leastPart = LeastPart(windows, Seconds);
        for (var index = 0; _head.Seconds < Seconds / 4; index++)
        {
            _head.Add(windows[index], 0);
        }

        for (var index = windows.Length - 1; _tail.Seconds < Seconds / 4; index--)
        {
            _tail.Add(windows[index], 0);
        }
    }

    /// <summary>Recent throughput of the endpoint per second.</summary>
    public double PerSecond => _other.PerSecond;

    /// <summary>Number of completions in these windows.</summary>
    public int Count => _one.Left + _other.Left;

    /// <summary>The time of the last ended requests.</summary>
    public double LastSeconds { get; }

    /// <summary>The time of a request at the start.</summary>
    public double FirstSeconds => _firstSeconds;

    /// <summary>Index of dispersion of completions in equal times: 1 for chance alone, more if they vary more.</summary>
    public double Dispersion { get; }

    /// <summary>Whether most excess requests are given up: none can take longer than until then.</summary>
    public bool IsGivenUp => _one.GivenUp + _other.GivenUp > Excess / 2;

    private double Seconds => _one.Seconds + _other.Seconds;

    private double Excess => _one.Excess + _other.Excess;

    private double PerSecondOverall => Count / (_one.Busy + _other.Busy);

    /// <summary>Measures the windows; false if requests in flight did not grow by more than chance.</summary>
    public static bool TryMeasure(ReadOnlySpan<LoadWindow> windows, out Growth growth)
    {
        Sums one = default, other = default;
        var middle = (windows[0].At - windows[0].Seconds + windows[^1].At) / 2;
        var inFlight = windows[0].Before;
        foreach (ref readonly var window in windows)
        {
            // Requests that were given up count as in flight: more arrived than were completed.
            (window.At - (window.Seconds / 2) <= middle ? ref one : ref other).Add(window, inFlight + (window.Excess / 2));
            inFlight += window.Excess;
        }

        var excess = one.Excess + other.Excess;
        var isGrowing = excess > 0 && one.Completed > 0 && other.Completed > 0 && excess >= Sure * Math.Sqrt(excess + (2.0 * (one.Left + other.Left)));
        growth = isGrowing ? new Growth(windows, one, other) : default;
        return isGrowing;
    }

    /// <summary>Whether the growth looks like contention.</summary>
    /// <param name="peak">The highest throughput of the endpoint before.</param>
    public bool IsContention(double peak)
    {
        var growth = Math.Log(_other.InFlight / _one.InFlight);
        if (growth * Math.Sqrt(Count) / 2 < Power || _firstSeconds >= SlowByNature || Seconds < _other.Mean)
        {
            return false;
        }

        // Throughput neither rises with it nor breaks down.
        var more = Math.Log(_other.PerSecond / _one.PerSecond);
        if (more > Share * growth || more < Math.Log(0.5))
        {
            return false;
        }

        // All requests become slower and not only some, or many are given up.
        var isSlower = Math.Log(_other.Mean / _one.Mean) >= Share * growth && LastSeconds >= FastShare * _after / _other.PerSecond;
        if (!isSlower && !IsGivenUp)
        {
            return false;
        }

        // At the start and at the end too: not before it began, nor after a moment in which little was completed.
        if (_head.Excess < Steady * Excess || _tail.Excess < Steady * Excess || !IsLikeAll(_head) || !IsLikeAll(_tail))
        {
            return false;
        }

        // If the windows are long enough, in each quarter: a step that has ended does not grow any more.
        if (Seconds >= LastingLoss && _leastPart < Steady * Excess)
        {
            return false;
        }

        return IsGivenUp ? Seconds >= LastingGivenUp : Seconds >= Lasting ? LastSeconds < Slow || growth >= MuchGrowth : LastSeconds < Slow && (_other.PerSecond >= LostShare * peak || Seconds >= LastingLoss);
    }

    private bool IsLikeAll(in Sums part)
    {
        var expected = PerSecondOverall * part.Busy;
        return Math.Abs(Math.Log(Math.Max(part.Left, 0.1) / expected)) <= Share + (2 / Math.Sqrt(expected));
    }

    private static double LeastPart(ReadOnlySpan<LoadWindow> windows, double seconds)
    {
        Span<double> parts = stackalloc double[4];
        var begin = windows[0].At - windows[0].Seconds;
        foreach (ref readonly var window in windows)
        {
            parts[Math.Clamp((int)(4 * (window.At - (window.Seconds / 2) - begin) / seconds), 0, 3)] += window.Excess;
        }

        return Math.Min(Math.Min(parts[0], parts[1]), Math.Min(parts[2], parts[3]));
    }

    private static double DispersionOf(ReadOnlySpan<LoadWindow> windows, double perSecond)
    {
        var sum = 0.0;
        foreach (ref readonly var window in windows)
        {
            var expected = perSecond * window.Busy;
            sum += (window.Left - expected) * (window.Left - expected) / expected;
        }

        return Math.Clamp(sum / windows.Length, 1, 10);
    }

    private struct Sums
    {
        private double _inFlight;
        private double _time;

        public double Seconds { get; private set; }

        public double Excess { get; private set; }

        public int Left { get; private set; }

        public int Completed { get; private set; }

        public int GivenUp { get; private set; }

        public double Busy { get; private set; }

        public readonly double PerSecond => Left / Busy;

        public readonly double InFlight => Math.Max(1, _inFlight / Seconds);

        public readonly double Mean => _time / Completed;

        public void Add(in LoadWindow window, double inFlight)
        {
            Seconds += window.Seconds;
            Busy += window.Busy;
            Excess += window.Excess;
            Left += window.Left;
            Completed += window.Completed;
            GivenUp += window.GivenUp;
            _inFlight += inFlight * window.Seconds;
            _time += window.Completed * window.AnsweredMean;
        }
    }
}
