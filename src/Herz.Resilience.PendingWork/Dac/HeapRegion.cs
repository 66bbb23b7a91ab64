namespace Herz.Resilience.PendingWork.Dac;

/// <summary>A contiguous range of the heap that holds objects of one generation.</summary>
internal readonly record struct HeapRegion(ulong Start, ulong End);
