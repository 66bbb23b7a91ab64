namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>The counts of collections at one moment: equal counts before and after mean that none began in between.</summary>
internal readonly record struct GarbageCollections(int Gen0, int Gen1, int Gen2)
{
    public static GarbageCollections Now() => new(GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2));

    /// <summary>Collects as the options want it.</summary>
    public static void Collect(PendingWorkSweep wanted)
    {
        switch (wanted)
        {
            case PendingWorkSweep.Young:
                GC.Collect(0, GCCollectionMode.Forced, blocking: true);
                break;
            case PendingWorkSweep.Full:
                GC.Collect(2, GCCollectionMode.Forced, blocking: true);
                break;
            default:
                break;
        }
    }
}
