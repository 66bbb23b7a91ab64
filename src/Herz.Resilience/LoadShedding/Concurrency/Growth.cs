namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>How requests in flight, throughput and times changed over a stretch of windows in which more arrived than ended.</summary>
internal readonly struct Growth
{
    // How many standard deviations are more than chance (Poisson), for the growth and for a comparison of its halves.
    private const double Sure = 3;
    private const double Power = 2.5;

    // Up to which share of the growth throughput may rise too, and from which on times have.
    private const double Share = 0.35;
    private const double Steady = 0.12;
    private const double FastShare = 0.05;

    // What takes seconds by its nature is left alone; where it only became so, or throughput was lost, it must last.
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

    /// <summary>How many a second the endpoint completed lately.</summary>
    public double PerSecond => _other.PerSecond;

    /// <summary>How many it completed in the stretch.</summary>
    public int Count => _one.Left + _other.Left;

    /// <summary>What those took that ended last.</summary>
    public double LastSeconds { get; }

    /// <summary>What a request took when it began.</summary>
    public double FirstSeconds => _firstSeconds;

    /// <summary>By how much the numbers completed in equal times vary more than by chance (index of dispersion), 1 or more.</summary>
    public double Dispersion { get; }

    /// <summary>Whether most of those that arrive in excess are given up: none can take longer than until then.</summary>
    public bool IsGivenUp => _one.GivenUp + _other.GivenUp > Excess / 2;

    private double Seconds => _one.Seconds + _other.Seconds;

    private double Excess => _one.Excess + _other.Excess;

    private double PerSecondOverall => Count / (_one.Busy + _other.Busy);

    /// <summary>Measures a stretch; false if in flight did not grow by more than chance.</summary>
    public static bool TryMeasure(ReadOnlySpan<LoadWindow> windows, out Growth growth)
    {
        Sums one = default, other = default;
        var middle = (windows[0].At - windows[0].Seconds + windows[^1].At) / 2;
        var inFlight = windows[0].Before;
        foreach (ref readonly var window in windows)
        {
            // Those given up count as in flight: more arrived than were completed.
            (window.At - (window.Seconds / 2) <= middle ? ref one : ref other).Add(window, inFlight + (window.Excess / 2));
            inFlight += window.Excess;
        }

        var excess = one.Excess + other.Excess;
        var isGrowing = excess > 0 && one.Completed > 0 && other.Completed > 0 && excess >= Sure * Math.Sqrt(excess + (2.0 * (one.Left + other.Left)));
        growth = isGrowing ? new Growth(windows, one, other) : default;
        return isGrowing;
    }

    /// <summary>Whether it looks like requests that wait for each other.</summary>
    /// <param name="peak">The most that the endpoint completed in a second before.</param>
    public bool IsContention(double peak)
    {
        var growth = Math.Log(_other.InFlight / _one.InFlight);
        if (growth * Math.Sqrt(Count) / 2 < Power || _firstSeconds >= SlowByNature || Seconds < _other.Mean)
        {
            return false;
        }

        // Throughput does not rise with it, nor does it break down.
        var more = Math.Log(_other.PerSecond / _one.PerSecond);
        if (more > Share * growth || more < Math.Log(0.5))
        {
            return false;
        }

        // All become slower and not only some, or many are given up.
        var isSlower = Math.Log(_other.Mean / _one.Mean) >= Share * growth && LastSeconds >= FastShare * _after / _other.PerSecond;
        if (!isSlower && !IsGivenUp)
        {
            return false;
        }

        // All the time: neither before it began, nor after what was only a moment in which little was completed.
        if (_head.Excess < Steady * Excess || _tail.Excess < Steady * Excess || !IsLikeAll(_head) || !IsLikeAll(_tail))
        {
            return false;
        }

        // Where there was time for it, in each quarter: a step that is over grows no more.
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
