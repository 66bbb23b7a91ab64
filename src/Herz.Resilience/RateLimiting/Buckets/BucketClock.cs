using System.Numerics;
using System.Runtime.CompilerServices;

namespace Herz.Resilience.RateLimiting.Buckets;

/// <summary>
/// Time as buckets count it: about sixteenths of a nanosecond since the limiter was made, which never go back.
/// It advances with the given clock and stands still where that goes back, so that such a clock neither mints nor burns
/// permits; a leap counts once, and fills a bucket at most.
/// </summary>
internal sealed class BucketClock
{
    /// <summary>No bucket takes longer to fill, so a leap need not count for more.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly int _shift;
    private readonly long _stale;
    private readonly long _step;
    private readonly long _leap;
    private long _offset;
    private long _latest;

    public BucketClock(TimeProvider time)
    {
        _time = time;
        // A power of two of units, since a shift is faster than a multiplication: 16 for a nanosecond, 2048 for 100 of them.
        _shift = 4 + BitOperations.Log2(BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, 1_000_000_000 / time.TimestampFrequency)));
        UnitsPerSecond = time.TimestampFrequency * Math.Pow(2, _shift);
        _step = ToUnits(TimeSpan.FromMilliseconds(1));
        _stale = ToUnits(TimeSpan.FromMilliseconds(10));
        _leap = ToUnits(TimeSpan.FromSeconds(1));
        _offset = -(time.GetTimestamp() << _shift);
    }

    public double UnitsPerSecond { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Now() => At(_time.GetTimestamp());

    /// <summary>The time of a timestamp that the caller took before, not before any time known already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long At(long timestamp)
    {
        // May wrap: only the distance to the latest counts.
        var now = (timestamp << _shift) + Volatile.Read(ref _offset);
        var latest = Volatile.Read(ref _latest);
        var ahead = now - latest;
        if ((ulong)(ahead + _stale) > (ulong)(_leap + _stale))
        {
            return Verify();
        }

        if (ahead > _step)
        {
            // Written once in a millisecond at most, so that threads do not fight for the line.
            Volatile.Write(ref _latest, now);
        }

        return ahead >= 0 ? now : latest;
    }

    public TimeSpan ToTime(long units) => units == 0 ? default : TimeSpan.FromTicks((long)Math.Ceiling(units / UnitsPerSecond * TimeSpan.TicksPerSecond));

    public long ToUnits(TimeSpan time) => (long)Math.Min(time.TotalSeconds * UnitsPerSecond, long.MaxValue / 4d);

    // Either the caller's timestamp is old, or nobody asked for a second, or the clock itself has leapt or gone back.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long Verify()
    {
        lock (_lock)
        {
            var latest = _latest;
            var now = (_time.GetTimestamp() << _shift) + _offset;
            var right = latest + Math.Clamp(now - latest, 0, ToUnits(Longest));
            if (now - right is var error && (error > 0 || error < -_stale))
            {
                Volatile.Write(ref _offset, _offset - error);
            }

            Volatile.Write(ref _latest, right);
            return right;
        }
    }
}
