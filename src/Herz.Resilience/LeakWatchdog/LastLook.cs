namespace Herz.Resilience.LeakWatchdog;

/// <summary>The time of the watchdog's last completed look at the process. Its age shows a watchdog that no longer looks.</summary>
internal sealed class LastLook(TimeProvider time)
{
    private long _at = time.GetTimestamp();

    /// <summary>The time since the last look; since the start before the first one.</summary>
    public TimeSpan Age => time.GetElapsedTime(Volatile.Read(ref _at));

    public void Record() => Volatile.Write(ref _at, time.GetTimestamp());
}
