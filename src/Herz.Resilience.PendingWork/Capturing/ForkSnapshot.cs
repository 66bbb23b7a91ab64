using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>Reads the heap from a copy-on-write snapshot, where no collection can overlap.</summary>
internal sealed class ForkSnapshot(Lazy<RuntimeAccess> runtime) : ICaptureWay
{
    public CaptureWay Way => CaptureWay.ForkSnapshot;

    public CaptureAttempt TryCapture(PendingWorkOptions options, long deadline)
    {
        try
        {
            var access = runtime.Value;
            if (IsMemoryShort())
            {
                return CaptureAttempt.Refused("gave up: memory is short, and the pages that change under a snapshot are copied");
            }

            using (var own = ProcessMemory.Open())
            {
                access.Tables.Refresh(own);
            }

            GarbageCollections.Collect(options.Collect, deadline);
            using var snapshot = Snapshot.Take((int)options.Timeout.TotalSeconds + 1);
            return TryCapture(access, snapshot.Memory, options, deadline);
        }
        catch (UnknownRuntimeException e)
        {
            return CaptureAttempt.Refused(e.Message);
        }
    }

    private static CaptureAttempt TryCapture(RuntimeAccess access, ProcessMemory memory, PendingWorkOptions options, long deadline)
    {
        var heap = access.Library.View(memory);
        if (!heap.IsWalkable)
        {
            return CaptureAttempt.Disturbed("the snapshot was taken amid a garbage collection");
        }

        using var reading = new HeapReading(memory, access, options, deadline);
        reading.Read(heap);
        if (reading.IsLate)
        {
            return CaptureAttempt.Refused($"gave up: the heap was not read within {options.Timeout}");
        }

        return reading.Broken > 0
            ? CaptureAttempt.Disturbed($"{reading.Broken} regions of the snapshot could not be read to their end")
            : Outcome.Of(reading, access, options, deadline);
    }

    private static bool IsMemoryShort()
    {
        var memory = GC.GetGCMemoryInfo(GCKind.Any);
        return memory.HighMemoryLoadThresholdBytes > 0 && memory.MemoryLoadBytes > memory.HighMemoryLoadThresholdBytes;
    }
}
