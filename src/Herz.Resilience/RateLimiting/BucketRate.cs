namespace Herz.Resilience.RateLimiting;

/// <summary>A rate and a burst in the units of a <see cref="BucketClock"/>.</summary>
/// <param name="Interval">The time in which one permit grows back.</param>
/// <param name="Tolerance">The time in which an empty bucket is full again.</param>
internal readonly record struct BucketRate(long Interval, long Tolerance)
{
    public const double MaxPermitsPerSecond = 100_000_000;
    public const int MaxBurst = 1_000_000_000;

    /// <param name="permitsPerSecond">The rate, above 0 and at most <see cref="MaxPermitsPerSecond"/>.</param>
    /// <param name="burst">The size of the bucket in permits, 1 to <see cref="MaxBurst"/>, that grows back within <see cref="MaxRefill"/>.</param>
    /// <param name="unitsPerSecond"><see cref="BucketClock.UnitsPerSecond"/>.</param>
    public static BucketRate Of(double permitsPerSecond, int burst, double unitsPerSecond)
    {
        // Rounded up: a bucket may grow slower by less than 1 % at the highest rate and 0.01 % at a million a second; never faster.
        var interval = (long)Math.Ceiling(unitsPerSecond / permitsPerSecond);
        return new BucketRate(interval, interval * burst);
    }

    /// <summary>The longest time in which a bucket may grow back: a year; longer is a mistake, and would leave 64 bits.</summary>
    public static TimeSpan MaxRefill => TimeSpan.FromDays(365);

    public static bool IsRate(double permitsPerSecond) => permitsPerSecond > 0 && permitsPerSecond <= MaxPermitsPerSecond;

    public static bool IsRefillable(double permitsPerSecond, int burst) => burst / permitsPerSecond <= MaxRefill.TotalSeconds;
}
