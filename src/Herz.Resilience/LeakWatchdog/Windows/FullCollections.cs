namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>The progress of the garbage collector: only a full collection that started after a token became idle proves that it is unreachable.</summary>
internal class FullCollections
{
    /// <summary>The number of the latest started collection of any kind.</summary>
    public virtual long LastStarted => GC.CollectionCount(0);

    /// <summary>The number of the latest completed full collection.</summary>
    public virtual long LastFull => Math.Max(GC.GetGCMemoryInfo(GCKind.Background).Index, GC.GetGCMemoryInfo(GCKind.FullBlocking).Index);

    /// <summary>Whether a full collection can be requested that does not stop the process for long.</summary>
    public virtual bool CanRequest { get; } = IsConcurrent();

    /// <summary>Requests a background collection, after a collection of generation 1 that promotes recent objects into its scope.</summary>
    public virtual void Request()
    {
        GC.Collect(1, GCCollectionMode.Forced, blocking: true);
        GC.Collect(2, GCCollectionMode.Forced, blocking: false);
    }

    // Without concurrent collections the same call stops the process until the whole heap is marked.
    private static bool IsConcurrent() =>
        GC.GetConfigurationVariables().TryGetValue("ConcurrentGC", out var value) && value is true;
}
