using System.Runtime.CompilerServices;

namespace Herz.Resilience.RateLimiting.Buckets;

/// <summary>
/// A token bucket in one 64-bit number: the time at which the bucket will be full again, the "theoretical arrival time"
/// of the generic cell rate algorithm (ITU-T I.371). Lock-free, without a timer; any time that has passed is a full bucket.
/// </summary>
internal static class TokenBucket
{
    /// <summary>The decision: the state after the take, if it is granted. The caller writes it by compare-and-swap.</summary>
    /// <param name="full">The state.</param>
    /// <param name="now">The time, from a <see cref="BucketClock"/>.</param>
    /// <param name="permits">How many, at most the burst.</param>
    /// <param name="rate">The rate and burst.</param>
    /// <param name="patience">How long the caller would wait: future permits are then reserved, first come, first served.</param>
    /// <param name="next">The state after the take.</param>
    /// <param name="wait">If granted, the time to wait before the caller continues; if not, the time after which it would be granted.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryAdvance(long full, long now, long permits, in BucketRate rate, long patience, out long next, out long wait)
    {
        next = Math.Max(full, now) + (permits * rate.Interval);
        wait = Math.Max(0, next - now - rate.Tolerance);
        return wait <= patience;
    }

    /// <summary>
    /// Gives back what was taken for nothing, unless others wait for permits that are to come: their turns stay where they
    /// are, so whoever came next would share one.
    /// </summary>
    /// <param name="full">The state.</param>
    /// <param name="now">The time.</param>
    /// <param name="permits">How many.</param>
    /// <param name="rate">The rate and burst.</param>
    /// <param name="reserved">The state that the take left behind: while it is still that, nobody came after.</param>
    public static void Refund(ref long full, long now, long permits, in BucketRate rate, long reserved = 0)
    {
        long seen;
        do
        {
            seen = Volatile.Read(ref full);
            if (seen - now > rate.Tolerance && seen != reserved)
            {
                return;
            }
        }
        while (Interlocked.CompareExchange(ref full, seen - (permits * rate.Interval), seen) != seen);
    }

    /// <summary>The whole permits that the bucket holds.</summary>
    public static long Level(long full, long now, in BucketRate rate) =>
        Math.Max(0, (rate.Tolerance - Math.Max(0, full - now)) / rate.Interval);

    /// <summary>The state that holds as many permits under another rate, at most its burst; permits owed stay owed.</summary>
    public static long Convert(long full, long now, in BucketRate from, in BucketRate to)
    {
        var debt = Math.Max(0, full - now);
        if (debt == 0 && to.Tolerance / (double)to.Interval <= from.Tolerance / (double)from.Interval)
        {
            return full;
        }

        var level = (from.Tolerance - debt) / (double)from.Interval;
        return now + (long)Math.Max(0, to.Tolerance - (level * to.Interval));
    }
}
