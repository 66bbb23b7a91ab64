using System.Diagnostics;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>
/// The average time between two garbage collections: since the start of the process, and later since the last capture. A walk of the
/// own heap that takes longer only costs CPU time, because a collection will overlap it.
/// </summary>
internal sealed class CollectionRate(TimeProvider time)
{
    // Measured: 2.3 GB in a second of small objects.
    private const double BytesPerSecond = 2.0 * (1 << 30);

    // A short walk may fail a few times at no cost worth mentioning.
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(250);

    private long? _since;
    private int _count;

    /// <summary>Whether a walk of this many bytes fits between two collections. Also starts the next measurement.</summary>
    public bool LeavesTimeFor(long bytes, double? cpuLimit)
    {
        var count = GC.CollectionCount(0);
        var elapsed = _since is { } since ? time.GetElapsedTime(since) : SinceStart();
        var fits = Fits(elapsed, count - _count, bytes, cpuLimit);
        (_since, _count) = (time.GetTimestamp(), count);
        return fits;
    }

    private TimeSpan SinceStart()
    {
        using var process = Process.GetCurrentProcess();
        return time.GetUtcNow() - process.StartTime.ToUniversalTime();
    }

    /// <summary>The pure rule: whether the walk is shorter than the average time between the collections. The pace leaves it half of a CPU limit.</summary>
    public static bool Fits(TimeSpan elapsed, int collections, long bytes, double? cpuLimit)
    {
        var walk = TimeSpan.FromSeconds(bytes / BytesPerSecond / Math.Clamp((cpuLimit ?? 2) / 2, 0.05, 1));
        return collections == 0 || walk < s_short || walk < elapsed / collections;
    }
}
