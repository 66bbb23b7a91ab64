namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>The estimated cost of a heap snapshot, from the size of the heap.</summary>
internal readonly record struct HeapEstimate(long HeapBytes)
{
    private const long Megabyte = 1 << 20;
    private const long SmallHeap = 200 * Megabyte;
    private const int MinBuffer = 64;
    private const int MaxBuffer = 1024;

    /// <summary>The estimate for this process, without a garbage collection.</summary>
    public static HeapEstimate Now() => new(Math.Max(GC.GetTotalMemory(forceFullCollection: false), GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes));

    /// <summary>
    /// The expected pause of the process. Measured pauses of the first capture: 46 to 57, 150 to 204 and 1,710 to 2,120 ms for
    /// 50, 200 and 1,000 MB. Later captures take about two thirds of this, and less than half for large heaps.
    /// </summary>
    public TimeSpan Pause => TimeSpan.FromMilliseconds(Math.Ceiling((Math.Min(HeapBytes, SmallHeap) + (2.0 * Math.Max(0, HeapBytes - SmallHeap))) / Megabyte));

    /// <summary>
    /// The buffer size of the runtime. No reader runs while the process is stopped, so the whole snapshot must fit: 32 bytes per
    /// object and 12 per reference (22 to 24 MB for 480,000 objects in 50 MB). An object takes at least 24 bytes, so twice the
    /// heap is usually enough. The runtime allocates the buffer as it fills.
    /// </summary>
    public int BufferMegabytes => (int)Math.Clamp((2 * HeapBytes / Megabyte) + 1, MinBuffer, MaxBuffer);

    /// <summary>The expected memory use of the runtime's buffer and of the graph.</summary>
    public long MemoryBytes => HeapBytes + (16 * Megabyte);
}
