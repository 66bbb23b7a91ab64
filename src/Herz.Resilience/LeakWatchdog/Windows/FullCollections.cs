using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.PendingWork;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>The progress of the garbage collector: only a full collection that started after a token became idle proves that it is unreachable.</summary>
/// <param name="budget">The time that captures and requested collections may take; null for no limit.</param>
internal class FullCollections(CaptureBudget? budget = null)
{
    private static readonly bool s_isConcurrent = IsConcurrent();

    /// <summary>The number of the latest started collection of any kind.</summary>
    public virtual long LastStarted => GC.CollectionCount(0);

    /// <summary>The number of the latest completed full collection.</summary>
    public virtual long LastFull => Math.Max(GC.GetGCMemoryInfo(GCKind.Background).Index, GC.GetGCMemoryInfo(GCKind.FullBlocking).Index);

    /// <summary>Whether a full collection can be requested that does not stop the process for long, is not forbidden by the app, and is within the budget.</summary>
    public virtual bool CanRequest => s_isConcurrent && budget?.IsOpen != false && CollectionSafety.Obstacle(full: true) is null;

    /// <summary>Requests a background collection, after a collection of generation 1 that promotes recent objects into its scope.</summary>
    public virtual void Request()
    {
        budget?.Spend(CollectionSafety.FullCost);
        GC.Collect(1, GCCollectionMode.Forced, blocking: true);
        GC.Collect(2, GCCollectionMode.Forced, blocking: false);
    }

    /// <summary>Collects the young generations, in which the tokens of healthy windows die. It takes milliseconds, however large the heap is.</summary>
    public virtual void CollectYoung()
    {
        if (CollectionSafety.Obstacle(full: false) is null)
        {
            GC.Collect(1, GCCollectionMode.Forced, blocking: true);
        }
    }

    // Without concurrent collections the same call stops the process until the whole heap is marked.
    private static bool IsConcurrent() =>
        GC.GetConfigurationVariables().TryGetValue("ConcurrentGC", out var value) && value is true;
}
