namespace Herz.Resilience.RateLimiting.Buckets;

/// <summary>A rate and a burst in the units of a <see cref="BucketClock"/>.</summary>
/// <param name="Interval">The time in which one permit grows back.</param>
/// <param name="Tolerance">The time in which an empty bucket is full again.</param>
internal readonly record struct BucketRate(long Interval, long Tolerance)
{
    public const double MaxPermitsPerSecond = 100_000_000;
    public const int MaxBurst = 1_000_000_000;

    // A grain this small against the interval may be rounded off: one permit in 10,000 more at most.
    private const double Negligible = 1e-4;

    /// <summary>
    /// The rate in units. The interval is rounded down, so that what is due at a moment is granted at that moment: at most one permit in
    /// 10,000 comes early. Only above about a million permits a second is that too much; there it is rounded up, and the bucket grows slower by less than 1 %.
    /// </summary>
    /// <param name="permitsPerSecond">The rate, above 0 and at most <see cref="MaxPermitsPerSecond"/>.</param>
    /// <param name="burst">The size of the bucket in permits, 1 to <see cref="MaxBurst"/>, that grows back within <see cref="MaxRefill"/>.</param>
    /// <param name="unitsPerSecond"><see cref="BucketClock.UnitsPerSecond"/>.</param>
    /// <param name="grain">What the interval must be a multiple of.</param>
    public static BucketRate Of(double permitsPerSecond, int burst, double unitsPerSecond, long grain = 1)
    {
        var exact = unitsPerSecond / permitsPerSecond / grain;
        var interval = (long)(exact * Negligible >= 1 ? Math.Floor(exact) : Math.Ceiling(exact)) * grain;
        return new BucketRate(interval, interval * burst);
    }

    /// <summary>The longest time in which a bucket may grow back: a year; longer is a mistake, and would leave 64 bits.</summary>
    public static TimeSpan MaxRefill => TimeSpan.FromDays(365);

    public static bool IsRate(double permitsPerSecond) => permitsPerSecond > 0 && permitsPerSecond <= MaxPermitsPerSecond;

    public static bool IsRefillable(double permitsPerSecond, int burst) => burst / permitsPerSecond <= MaxRefill.TotalSeconds;
}
