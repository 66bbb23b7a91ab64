namespace Herz.Resilience.RateLimiting;

/// <summary>A rate and a burst in the units of a <see cref="BucketClock"/>.</summary>
/// <param name="Interval">The time in which one permit grows back.</param>
/// <param name="Tolerance">The time in which an empty bucket is full again.</param>
internal readonly record struct BucketRate(long Interval, long Tolerance)
{
    // Keeps every sum of a time and a tolerance within 64 bits.
    private const double Longest = long.MaxValue / 4d;

    /// <param name="permitsPerSecond">The rate, above zero.</param>
    /// <param name="burst">The size of the bucket in permits, at least 1.</param>
    /// <param name="unitsPerSecond"><see cref="BucketClock.UnitsPerSecond"/>.</param>
    public static BucketRate Of(double permitsPerSecond, double burst, double unitsPerSecond)
    {
        // Rounded up: a bucket may owe a hundred-thousandth, it never grants more than its rate.
        var interval = Math.Min(Math.Ceiling(unitsPerSecond / permitsPerSecond), Longest);
        return new BucketRate((long)interval, (long)Math.Min(interval * burst, Longest));
    }
}
