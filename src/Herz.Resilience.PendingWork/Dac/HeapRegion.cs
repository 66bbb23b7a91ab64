namespace Herz.Resilience.PendingWork.Dac;

/// <summary>A stretch of the heap that holds objects of one generation, one after another.</summary>
internal readonly record struct HeapRegion(ulong Start, ulong End);
