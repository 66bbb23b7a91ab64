namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>How each signal is called, and from which growth on it counts.</summary>
/// <param name="Name">The name in metrics, logs and pages.</param>
/// <param name="LeastGrowth">The growth over the window below which no trend is told; infinite for one that is not judged.</param>
internal readonly record struct SignalInfo(string Name, double LeastGrowth);

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
