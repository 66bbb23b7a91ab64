namespace Herz.Resilience.PendingWork.Dac;

/// <summary>The heap as reported by the garbage collector at one moment.</summary>
/// <param name="Regions">The regions of generations 1 and 2. Frozen, large and pinned regions hold no state machines.</param>
/// <param name="LargeRegions">The regions of large objects. Code may allocate in them at any time.</param>
/// <param name="IsWalkable">Whether no garbage collection was moving objects.</param>
internal sealed record HeapView(IReadOnlyList<HeapRegion> Regions, IReadOnlyList<HeapRegion> LargeRegions, bool IsWalkable);
