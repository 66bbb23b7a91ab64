using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>Stops a walk of the own heap as soon as a garbage collection starts: it may move objects.</summary>
internal sealed class CollectionCheck(GarbageCollections before) : IWalkCheck
{
    private static readonly WalkStop s_overlapped = new("a garbage collection overlapped the walk", IsTransient: true);

    public WalkStop? Check() => GarbageCollections.Now() == before ? null : s_overlapped;
}
