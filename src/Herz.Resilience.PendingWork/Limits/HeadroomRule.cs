namespace Herz.Resilience.PendingWork.Limits;

/// <summary>
/// The pure rule for the memory that a capture method needs. A snapshot copies each page that changes while it lives, at most the whole
/// heap, so it needs that much before it starts. It is given up as soon as less than half is left, so that its end, which takes some
/// milliseconds, comes before the limit.
/// </summary>
/// <param name="HeapBytes">The size of the heap.</param>
internal readonly record struct HeadroomRule(long HeapBytes)
{
    private const long Megabyte = 1 << 20;

    /// <summary>The memory of the lists of a walk and of the other pages of the process.</summary>
    public const long Reserve = 32 * Megabyte;

    /// <summary>The least headroom for a walk of the own heap, which keeps what it finds in lists.</summary>
    public const long ForWalk = 16 * Megabyte;

    /// <summary>The rule for this process.</summary>
    public static HeadroomRule Now()
    {
        var memory = GC.GetGCMemoryInfo(GCKind.Any);
        return new HeadroomRule(Math.Max(GC.GetTotalMemory(forceFullCollection: false), Math.Max(memory.TotalCommittedBytes, memory.HeapSizeBytes)));
    }

    /// <summary>The least headroom to start a snapshot.</summary>
    public long ToStart => HeapBytes + Reserve;

    /// <summary>The least headroom while a snapshot exists.</summary>
    public long ToContinue => ToStart / 2;

    /// <summary>The reason why a snapshot may not start; null if it may.</summary>
    public string? Refusal(long headroom) => headroom >= ToStart
        ? null
        : $"gave up: a snapshot may copy the whole heap and needs {Megabytes(ToStart)} MB, but only {Megabytes(headroom)} MB are left below the memory limit";

    /// <summary>The reason why a snapshot must end; null if it may continue.</summary>
    public string? Stop(long headroom) => headroom >= ToContinue
        ? null
        : $"gave up: only {Megabytes(headroom)} MB were left below the memory limit while the snapshot existed; {Megabytes(ToContinue)} MB are required";

    /// <summary>A number of bytes in megabytes, rounded.</summary>
    public static long Megabytes(long bytes) => (long)Math.Round(bytes / (double)Megabyte);
}
