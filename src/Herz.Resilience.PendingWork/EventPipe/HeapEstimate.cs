namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>What a snapshot of a heap will cost, from the size of the heap.</summary>
internal readonly record struct HeapEstimate(long HeapBytes)
{
    private const long Megabyte = 1 << 20;
    private const long SmallHeap = 200 * Megabyte;
    private const int LeastBuffer = 64;
    private const int MostBuffer = 1024;

    /// <summary>The heap of this process, as far as it is known without a collection.</summary>
    public static HeapEstimate Now() => new(Math.Max(GC.GetTotalMemory(forceFullCollection: false), GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes));

    /// <summary>
    /// How long the process will be stopped, by what the first capture of a process took: 46 to 57, 150 to 204 and 1,710 to
    /// 2,120 ms for 50, 200 and 1,000 MB. Later ones take about two thirds, and less than half of large heaps.
    /// </summary>
    public TimeSpan Pause => TimeSpan.FromMilliseconds(Math.Ceiling((Math.Min(HeapBytes, SmallHeap) + (2.0 * Math.Max(0, HeapBytes - SmallHeap))) / Megabyte));

    /// <summary>
    /// How many megabytes the runtime may buffer. Nothing reads while the process is stopped, so the whole snapshot must fit:
    /// 32 bytes an object and 12 a reference (22 to 24 MB for 480,000 objects in 50). An object takes 24 at least, so twice the
    /// heap is mostly enough; memory is taken as it fills.
    /// </summary>
    public int BufferMegabytes => (int)Math.Clamp((2 * HeapBytes / Megabyte) + 1, LeastBuffer, MostBuffer);

    /// <summary>The memory that is likely to be taken, by the runtime's buffer and by the graph that is read from it.</summary>
    public long MemoryBytes => HeapBytes + (16 * Megabyte);
}
