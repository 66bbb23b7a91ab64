namespace Herz.Resilience.RateLimiting.Buckets;

/// <summary>A rate and a burst, in units of a <see cref="BucketClock"/>.</summary>
/// <param name="Interval">The time in which one permit refills.</param>
/// <param name="Tolerance">The time in which an empty bucket refills completely.</param>
internal readonly record struct BucketRate(long Interval, long Tolerance)
{
    public const double MaxPermitsPerSecond = 100_000_000;
    public const int MaxBurst = 1_000_000_000;

    // Rounding by this part of the interval is allowed: at most one extra permit in 10,000.
    private const double Negligible = 1e-4;

    /// <summary>
    /// Converts a rate to units. The interval is rounded down, so a permit is never late, and at most one permit in 10,000 is extra.
    /// Above about a million permits a second the error would be larger: there the interval is rounded up, and the bucket refills less than 1 % slower.
    /// </summary>
    /// <param name="permitsPerSecond">The rate, above 0 and at most <see cref="MaxPermitsPerSecond"/>.</param>
    /// <param name="burst">The size of the bucket in permits, 1 to <see cref="MaxBurst"/>, which refills within <see cref="MaxRefill"/>.</param>
    /// <param name="unitsPerSecond"><see cref="BucketClock.UnitsPerSecond"/>.</param>
    /// <param name="grain">The interval is a multiple of this.</param>
    public static BucketRate Of(double permitsPerSecond, int burst, double unitsPerSecond, long grain = 1)
    {
        var exact = unitsPerSecond / permitsPerSecond / grain;
        var interval = (long)(exact * Negligible >= 1 ? Math.Floor(exact) : Math.Ceiling(exact)) * grain;
        return new BucketRate(interval, interval * burst);
    }

    /// <summary>The longest time in which a bucket may refill: a year. Longer is a mistake and would overflow 64 bits.</summary>
    public static TimeSpan MaxRefill => TimeSpan.FromDays(365);

    public static bool IsRate(double permitsPerSecond) => permitsPerSecond > 0 && permitsPerSecond <= MaxPermitsPerSecond;

    public static bool IsRefillable(double permitsPerSecond, int burst) => burst / permitsPerSecond <= MaxRefill.TotalSeconds;
}
