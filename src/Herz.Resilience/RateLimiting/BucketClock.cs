namespace Herz.Resilience.RateLimiting;

/// <summary>
/// Time as buckets count it: sixteenths of a tick since the limiter was made, which never go back.
/// A clock that stands still or goes back neither mints nor burns permits.
/// </summary>
internal sealed class BucketClock
{
    private const int UnitsPerTick = 16;

    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly long _step;
    private long _latest;

    public BucketClock(TimeProvider time)
    {
        _time = time;
        _origin = time.GetTimestamp();
        UnitsPerSecond = (double)time.TimestampFrequency * UnitsPerTick;
        _step = (long)(UnitsPerSecond / 1000);
    }

    public double UnitsPerSecond { get; }

    public long Now() => At(_time.GetTimestamp());

    /// <summary>The unit of a timestamp that the caller took before.</summary>
    public long At(long timestamp)
    {
        var now = (timestamp - _origin) * UnitsPerTick;
        var latest = Volatile.Read(ref _latest);
        if (now > latest + _step)
        {
            // Written once in a millisecond at most, so that threads do not fight for the line.
            Volatile.Write(ref _latest, now);
            return now;
        }

        return Math.Max(now, latest);
    }

    public TimeSpan ToTime(long units) => TimeSpan.FromSeconds(units / UnitsPerSecond);
}
