using System.Runtime.CompilerServices;

namespace Herz.Resilience.RateLimiting;

/// <summary>
/// A token bucket in one 64-bit number: the time at which the bucket will be full again, the "theoretical arrival time"
/// of the generic cell rate algorithm (ITU-T I.371). Lock-free, without a timer; zero is a full bucket.
/// </summary>
internal static class TokenBucket
{
    /// <summary>Takes permits if the bucket holds them.</summary>
    /// <param name="full">The state.</param>
    /// <param name="now">The time, from a <see cref="BucketClock"/>.</param>
    /// <param name="permits">How many.</param>
    /// <param name="rate">The rate and burst.</param>
    /// <param name="wait">When refused, the time until the bucket holds them; more permits than the burst are never held.</param>
    public static bool TryTake(ref long full, long now, long permits, in BucketRate rate, out long wait)
    {
        var cost = permits * rate.Interval;
        while (true)
        {
            var seen = Volatile.Read(ref full);
            var next = Math.Max(seen, now) + cost;
            wait = next - now - rate.Tolerance;
            if (wait > 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref full, next, seen) == seen)
            {
                return true;
            }
        }
    }

    /// <summary>Gives back what was taken for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Refund(ref long full, long permits, in BucketRate rate) =>
        Interlocked.Add(ref full, -permits * rate.Interval);

    /// <summary>The whole permits that the bucket holds.</summary>
    public static long Level(long full, long now, in BucketRate rate) =>
        Math.Max(0, (rate.Tolerance - Math.Max(0, full - now)) / rate.Interval);

    /// <summary>The state that holds as many permits under another rate, at most its burst.</summary>
    public static long Convert(long full, long now, in BucketRate from, in BucketRate to)
    {
        var debt = Math.Max(0, full - now);
        if (debt == 0 && to.Tolerance / (double)to.Interval <= from.Tolerance / (double)from.Interval)
        {
            return 0;
        }

        var level = Math.Max(0, from.Tolerance - debt) / (double)from.Interval;
        return now + (long)Math.Max(0, to.Tolerance - (level * to.Interval));
    }
}
