namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>What the garbage collector has proven: only a full collection that began later tells that a token is dead.</summary>
internal class FullCollections
{
    /// <summary>The number of the newest collection of any kind that has begun.</summary>
    public virtual long Begun => GC.CollectionCount(0);

    /// <summary>The number of the newest full collection that has ended.</summary>
    public virtual long LastFull => Math.Max(GC.GetGCMemoryInfo(GCKind.Background).Index, GC.GetGCMemoryInfo(GCKind.FullBlocking).Index);

    /// <summary>Whether a full collection can be asked for that does not stop the process for long.</summary>
    public virtual bool CanRequest { get; } = IsConcurrent();

    /// <summary>Asks for a background collection, after a young one that brings what has died recently within its reach.</summary>
    public virtual void Request()
    {
        GC.Collect(1, GCCollectionMode.Forced, blocking: true);
        GC.Collect(2, GCCollectionMode.Forced, blocking: false);
    }

    // Without concurrent collections the same call would stop the process until the whole heap is marked.
    private static bool IsConcurrent() =>
        GC.GetConfigurationVariables().TryGetValue("ConcurrentGC", out var value) && value is true;
}
