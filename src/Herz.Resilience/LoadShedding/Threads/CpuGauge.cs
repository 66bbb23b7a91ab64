namespace Herz.Resilience.LoadShedding.Threads;

/// <summary>The CPU time of this process as a share of what it may use, over the last tenth of a second or more.</summary>
/// <param name="time">The clock.</param>
/// <param name="cores">How many CPUs it may use at once.</param>
/// <param name="used">The CPU time used so far.</param>
internal sealed class CpuGauge(TimeProvider time, double cores, Func<TimeSpan> used)
{
    private readonly long _interval = time.TimestampFrequency / 10;
    private long _at = time.GetTimestamp();
    private TimeSpan _used = used();
    private double _share;

    public double Share => Volatile.Read(ref _share);

    /// <summary>Not for two threads at once.</summary>
    public double Read(long now)
    {
        if (now - _at >= _interval)
        {
            var usedNow = used();
            Volatile.Write(ref _share, (usedNow - _used) / (time.GetElapsedTime(_at, now) * cores));
            _at = now;
            _used = usedNow;
        }

        return _share;
    }
}
