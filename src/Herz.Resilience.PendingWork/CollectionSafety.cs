using System.Globalization;
using System.Runtime;
using Herz.Resilience.PendingWork.Limits;

namespace Herz.Resilience.PendingWork;

/// <summary>Whether a garbage collection may be forced at the moment without harm to the app.</summary>
public static class CollectionSafety
{
    // Measured: a background collection of a heap of 1 GB takes about a second of CPU time.
    private const double BytesPerSecond = 1 << 30;

    // A heap of 1.5 GB.
    private const double MaxSecondsPerCapture = 1.5;

    // At most two periods of a CPU limit: longer, and the requests of the app wait noticeably.
    private const double MaxSecondsPerCore = 0.2;

    /// <summary>The expected CPU time of a full collection, from the size of the heap.</summary>
    public static TimeSpan FullCost => CostOf(GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes);

    /// <summary>
    /// The reason why the watchdog and captures force no collection now; null if they may. They force none in a no-GC region, which it
    /// would end, and in the latency modes <c>LowLatency</c> and <c>SustainedLowLatency</c>; and no full one under a CPU limit that it
    /// would use up for more than two periods of 100 ms.
    /// </summary>
    /// <param name="full">Whether the collection is one of all generations.</param>
    public static string? Obstacle(bool full) =>
        Obstacle(GCSettings.LatencyMode) ?? (full && CpuQuota.Read() is { } cores ? Obstacle(cores, FullCost) : null);

    internal static TimeSpan CostOf(long heapBytes) => TimeSpan.FromSeconds(heapBytes / BytesPerSecond);

    internal static string? Obstacle(GCLatencyMode mode) => mode switch
    {
        GCLatencyMode.NoGCRegion => "the app is in a no-GC region",
        GCLatencyMode.LowLatency or GCLatencyMode.SustainedLowLatency => $"the app is in the latency mode {mode}",
        _ => null,
    };

    /// <summary>The reason why a capture does not wait for a full collection: its limits, or its cost on a large heap.</summary>
    internal static string? CaptureObstacle() => Obstacle(full: true) ?? CaptureObstacle(FullCost);

    internal static string? CaptureObstacle(TimeSpan cost) => cost.TotalSeconds <= MaxSecondsPerCapture
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"it would take about {cost.TotalSeconds:F1} s of CPU time on this heap");

    internal static string? Obstacle(double cores, TimeSpan cost) => cost.TotalSeconds <= cores * MaxSecondsPerCore
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"a full collection takes about {cost.TotalSeconds:F1} s of CPU time, and the CPU limit is {cores:0.##} processors");
}
