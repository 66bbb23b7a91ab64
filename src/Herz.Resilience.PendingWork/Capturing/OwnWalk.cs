using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>
/// Reads the heap of the running process. It reads generations 1 and 2 only: no code allocates there and only garbage
/// collections move objects. If no collection overlapped, the reading is exact.
/// </summary>
internal sealed class OwnWalk(Lazy<RuntimeAccess> runtime) : ICaptureWay
{
    public CaptureWay Way => CaptureWay.OwnWalk;

    public CaptureAttempt TryCapture(PendingWorkOptions options, long deadline)
    {
        RuntimeAccess access;
        try
        {
            access = runtime.Value;
            using var memory = ProcessMemory.Open();
            access.Tables.Refresh(memory);
            return TryCapture(access, memory, options, deadline);
        }
        catch (UnsupportedRuntimeException e)
        {
            return CaptureAttempt.Refused(e.Message);
        }
    }

    private static CaptureAttempt TryCapture(RuntimeAccess access, ProcessMemory memory, PendingWorkOptions options, long deadline)
    {
        GarbageCollections.Collect(options.Collect, deadline);
        var before = GarbageCollections.Now();
        var heap = access.Library.View(memory);
        if (!heap.IsWalkable)
        {
            return CaptureAttempt.Disturbed("a garbage collection is running");
        }

        using var reading = new HeapReading(memory, access, options, deadline);
        reading.Read(heap);
        if (reading.IsTimedOut)
        {
            return CaptureAttempt.Refused($"gave up: the heap was not read within {options.Timeout}");
        }

        var after = access.Library.View(memory);
        if (GarbageCollections.Now() != before || !after.IsWalkable)
        {
            return CaptureAttempt.Disturbed("a garbage collection overlapped the walk");
        }

        // A background collection that started earlier does not move objects, but it may free whole regions.
        return reading.BrokenRegions > 0 || !heap.Regions.SequenceEqual(after.Regions)
            ? CaptureAttempt.Disturbed("a background collection changed the regions during the walk")
            : Outcome.Of(reading, access, options, deadline);
    }
}
