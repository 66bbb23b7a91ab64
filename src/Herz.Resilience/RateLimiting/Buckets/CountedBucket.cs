using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Herz.Resilience.RateLimiting.Buckets;

/// <summary>
/// A token bucket that counts its grants exactly, without a second atomic operation for each. The count is kept in the
/// four lowest bits of the state, which the time does not use, and is carried over once in 16 grants.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 4 * CacheLine)]
internal struct CountedBucket
{
    private const long CountMask = 15;

    // Two cache lines away from its neighbours, since processors fetch lines in pairs: a write to the state must not evict the clock and the rate.
    private const int CacheLine = 64;

    [FieldOffset(2 * CacheLine)]
    private long _state;

    [FieldOffset((2 * CacheLine) + sizeof(long))]
    private long _carried;

    public readonly long Full => _state & ~CountMask;

    public readonly long Granted => _carried + (_state & CountMask);

    /// <summary>A rate whose interval leaves the four lowest bits free.</summary>
    public static BucketRate RateOf(double permitsPerSecond, int burst, double unitsPerSecond) =>
        BucketRate.Of(permitsPerSecond, burst, unitsPerSecond, grain: CountMask + 1);

    /// <summary>Counts a grant of no permits.</summary>
    public void Count() => Interlocked.Increment(ref _carried);

    /// <summary>Takes permits if the bucket holds them; see <see cref="TokenBucket.TryAdvance"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(long now, long permits, in BucketRate rate, out long wait)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _state);
            if (!TokenBucket.TryAdvance(seen & ~CountMask, now & ~CountMask, permits, rate, maxWait: 0, out var next, out wait))
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _state, next | ((seen + 1) & CountMask), seen) == seen)
            {
                if ((seen & CountMask) == CountMask)
                {
                    Interlocked.Add(ref _carried, CountMask + 1);
                }

                return true;
            }

            // A short pause lets the thread that owns the cache line finish, which makes both threads faster.
            Thread.SpinWait(1);
        }
    }
}
