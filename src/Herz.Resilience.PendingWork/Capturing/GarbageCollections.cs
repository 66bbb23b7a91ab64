using System.Diagnostics;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>The counts of collections at one moment: equal counts before and after mean that none began in between.</summary>
internal readonly record struct GarbageCollections(int Gen0, int Gen1, int Gen2)
{
    private const int LeastChunks = 40;
    private const int MostChunks = 160;
    private const int ChunkSize = 32 * 1024;

    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(1);

    public static GarbageCollections Now() => new(GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2));

    /// <summary>Collects as the options want it.</summary>
    public static void Collect(PendingWorkSweep wanted, long deadline)
    {
        switch (wanted)
        {
            case PendingWorkSweep.Young:
                CollectYoung();
                break;
            case PendingWorkSweep.Background:
                CollectInBackground(deadline);
                CollectYoung();
                break;
            case PendingWorkSweep.Full:
                GC.Collect(2, GCCollectionMode.Forced, blocking: true);
                break;
            default:
                break;
        }
    }

    // A collection leaves what survives in the youngest generation while that is little beside the next one
    // (decide_on_promotion_surv in the runtime's gc.cpp; the threshold is about 1 MB). Weight beside it takes all of it along.
    private static void CollectYoung()
    {
        for (var chunks = LeastChunks; chunks <= MostChunks; chunks *= 2)
        {
            var weight = new byte[chunks][];
            for (var i = 0; i < chunks; i++)
            {
                weight[i] = new byte[ChunkSize];
            }

            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            if (GC.GetGeneration(weight) > 0)
            {
                return;
            }
        }
    }

    // What was dead when it began is free space once it has ended. Without concurrent collections it has ended on return.
    // The runtime tells of that end by a counter alone, at which a capture's own thread looks every millisecond.
    private static void CollectInBackground(long deadline)
    {
        var before = LastFull();
        GC.Collect(2, GCCollectionMode.Forced, blocking: false);
        using var look = new ManualResetEventSlim();
        while (LastFull() == before && Stopwatch.GetTimestamp() < deadline)
        {
            look.Wait(s_betweenLooks);
        }
    }

    private static long LastFull() => Math.Max(GC.GetGCMemoryInfo(GCKind.Background).Index, GC.GetGCMemoryInfo(GCKind.FullBlocking).Index);
}
