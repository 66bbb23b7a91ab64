using System.Runtime.CompilerServices;

namespace Herz.Resilience.RateLimiting.Buckets;

/// <summary>
/// A token bucket in one 64-bit number: the time at which the bucket will be full again, the "theoretical arrival time"
/// of the generic cell rate algorithm (ITU-T I.371). Needs no lock and no timer; a time in the past means a full bucket.
/// </summary>
internal static class TokenBucket
{
    /// <summary>Decides and computes the state after the take. The caller writes it by compare-and-swap.</summary>
    /// <param name="full">The state.</param>
    /// <param name="now">The time, from a <see cref="BucketClock"/>.</param>
    /// <param name="permits">The number of permits, at most the burst.</param>
    /// <param name="rate">The rate and burst.</param>
    /// <param name="maxWait">The longest wait that the caller accepts; above 0, future permits are reserved in order of arrival.</param>
    /// <param name="next">The state after the take.</param>
    /// <param name="wait">If granted, the time that the caller must wait; otherwise the time after which a retry can succeed.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryAdvance(long full, long now, long permits, in BucketRate rate, long maxWait, out long next, out long wait)
    {
        next = Math.Max(full, now) + (permits * rate.Interval);
        wait = Math.Max(0, next - now - rate.Tolerance);
        return wait <= maxWait;
    }

    /// <summary>
    /// Gives unused permits back, unless later callers have reserved future permits: their reservations do not move, so the next
    /// caller would share one.
    /// </summary>
    /// <param name="full">The state.</param>
    /// <param name="now">The time.</param>
    /// <param name="permits">The number of permits.</param>
    /// <param name="rate">The rate and burst.</param>
    /// <param name="reserved">The state after the take; if the bucket still has it, there is no later caller.</param>
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

    /// <summary>The number of whole permits in the bucket.</summary>
    public static long Level(long full, long now, in BucketRate rate) =>
        Math.Max(0, (rate.Tolerance - Math.Max(0, full - now)) / rate.Interval);

    /// <summary>Converts the state to another rate: the same permits, at most the new burst; a debt stays.</summary>
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
