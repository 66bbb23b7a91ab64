using System.Diagnostics;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>The number of garbage collections at one moment. Equal numbers before and after mean that none started in between.</summary>
internal readonly record struct GarbageCollections(int Gen0, int Gen1, int Gen2)
{
    private const int MinChunks = 40;
    private const int MaxChunks = 160;
    private const int ChunkSize = 32 * 1024;

    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(1);

    public static GarbageCollections Now() => new(GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2));

    /// <summary>Collects garbage as the options require, unless that would harm the app. Returns a note if a collection was left out.</summary>
    public static string? Collect(PendingWorkSweep wanted, long deadline)
    {
        if (wanted == PendingWorkSweep.None)
        {
            return null;
        }

        if (CollectionSafety.Obstacle(full: false) is { } obstacle)
        {
            return $"no collection was forced, so work since the last collection is missing: {obstacle}";
        }

        // A blocking collection is asked for by name only, by code that accepts its pause.
        var note = wanted == PendingWorkSweep.Background ? CollectionSafety.CaptureObstacle() : null;
        Force(note is null ? wanted : PendingWorkSweep.Young, deadline);
        return note is null ? null : $"no full collection was forced, so work that died since the last one still counts: {note}";
    }

    private static void Force(PendingWorkSweep wanted, long deadline)
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

    // A collection does not promote the survivors while they are few compared with the next generation
    // (decide_on_promotion_surv in the runtime's gc.cpp; the threshold is about 1 MB). Additional objects exceed the threshold.
    private static void CollectYoung()
    {
        for (var chunks = MinChunks; chunks <= MaxChunks; chunks *= 2)
        {
            var ballast = new byte[chunks][];
            for (var i = 0; i < chunks; i++)
            {
                ballast[i] = new byte[ChunkSize];
            }

            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            if (GC.GetGeneration(ballast) > 0)
            {
                return;
            }
        }
    }

    // Objects that are dead at its start are free space at its end. Without concurrent collections it has ended on return.
    // Otherwise only a counter shows the end, so the capturing thread polls it every millisecond.
    private static void CollectInBackground(long deadline)
    {
        var before = LastFull();
        GC.Collect(2, GCCollectionMode.Forced, blocking: false);
        using var poll = new ManualResetEventSlim();
        while (LastFull() == before && Stopwatch.GetTimestamp() < deadline)
        {
            poll.Wait(s_pollInterval);
        }
    }

    private static long LastFull() => Math.Max(GC.GetGCMemoryInfo(GCKind.Background).Index, GC.GetGCMemoryInfo(GCKind.FullBlocking).Index);
}
