namespace Herz.Resilience.PendingWork.Dac;

/// <summary>The heap as the collector describes it at one moment.</summary>
/// <param name="Regions">The regions of the first and second generation; frozen, large and pinned ones hold no state machines.</param>
/// <param name="LargeRegions">The regions of large objects, in which is allocated at any time.</param>
/// <param name="IsWalkable">Whether no collection was moving objects.</param>
internal sealed record HeapView(IReadOnlyList<HeapRegion> Regions, IReadOnlyList<HeapRegion> LargeRegions, bool IsWalkable);
