using System.Numerics;
using System.Runtime.CompilerServices;

namespace Herz.Resilience.RateLimiting.Buckets;

/// <summary>
/// The time of the buckets, in units of about 1/16 ns since the limiter was created. It never goes back.
/// It follows the given clock, and stops while that clock goes back, so such a clock neither adds nor removes permits.
/// A forward jump counts once and fills a bucket at most.
/// </summary>
internal sealed class BucketClock
{
    /// <summary>The longest jump that counts: no bucket takes longer to fill.</summary>
    public static readonly TimeSpan MaxJump = TimeSpan.FromDays(366);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly int _shift;
    private readonly long _stale;
    private readonly long _step;
    private readonly long _jump;
    private long _offset;
    private long _latest;

    public BucketClock(TimeProvider time)
    {
        _time = time;
        // A power of two, since a shift is faster than a multiplication: 16 units for 1 ns, 2048 for 100 ns.
        _shift = 4 + BitOperations.Log2(BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, 1_000_000_000 / time.TimestampFrequency)));
        UnitsPerSecond = time.TimestampFrequency * Math.Pow(2, _shift);
        _step = ToUnits(TimeSpan.FromMilliseconds(1));
        _stale = ToUnits(TimeSpan.FromMilliseconds(10));
        _jump = ToUnits(TimeSpan.FromSeconds(1));
        _offset = -(time.GetTimestamp() << _shift);
    }

    public double UnitsPerSecond { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Now() => At(_time.GetTimestamp());

    /// <summary>Converts a timestamp that the caller took earlier. The result is never before a time returned to others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long At(long timestamp)
    {
        // May overflow: only the distance to the latest counts.
        var now = (timestamp << _shift) + Volatile.Read(ref _offset);
        var latest = Volatile.Read(ref _latest);
        var ahead = now - latest;
        if ((ulong)(ahead + _stale) > (ulong)(_jump + _stale))
        {
            return Verify();
        }

        if (ahead > _step)
        {
            // Written at most once a millisecond, so that threads do not compete for the cache line.
            Volatile.Write(ref _latest, now);
        }

        return ahead >= 0 ? now : latest;
    }

    public TimeSpan ToTime(long units) => units == 0 ? default : TimeSpan.FromTicks((long)Math.Ceiling(units / UnitsPerSecond * TimeSpan.TicksPerSecond));

    public long ToUnits(TimeSpan time) => (long)Math.Min(time.TotalSeconds * UnitsPerSecond, long.MaxValue / 4d);

    // The caller's timestamp is old, or there was no call for a second, or the clock jumped forward or went back.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long Verify()
    {
        lock (_lock)
        {
            var latest = _latest;
            var now = (_time.GetTimestamp() << _shift) + _offset;
            var right = latest + Math.Clamp(now - latest, 0, ToUnits(MaxJump));
            if (now - right is var error && (error > 0 || error < -_stale))
            {
                Volatile.Write(ref _offset, _offset - error);
            }

            Volatile.Write(ref _latest, right);
            return right;
        }
    }
}
