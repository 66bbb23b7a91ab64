namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>The name and threshold of a signal.</summary>
/// <param name="Name">The name in metrics, logs and pages.</param>
/// <param name="MinGrowth">The smallest growth over the history that counts as a trend; infinite if the signal is not analyzed.</param>
internal readonly record struct SignalInfo(string Name, double MinGrowth);

internal static class SignalCatalog
{
    /// <summary>In the order of <see cref="Signal"/>.</summary>
    public static IReadOnlyList<SignalInfo> All { get; } =
    [
        new("timers", 50),
        new("pool_threads", 16),
        new("threads", 32),
        new("pool_queue", 100),
        new("pool_delay_ms", double.PositiveInfinity),
        new("file_descriptors", 50),
        new("sockets", 50),
        new("old_generation_bytes", 32 * 1024 * 1024),
        new("gc_pause_share", double.PositiveInfinity),
        new("active_requests", 50),
        new("background_work", 50),
    ];

    public static int Count => All.Count;
}
