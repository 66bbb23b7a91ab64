using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>Reads the heap from a copy-on-write snapshot, in which no garbage collection can run.</summary>
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
                return CaptureAttempt.Refused("gave up: memory is low, and a snapshot copies each page that changes");
            }

            using (var own = ProcessMemory.Open())
            {
                access.Tables.Refresh(own);
            }

            GarbageCollections.Collect(options.Collect, deadline);
            using var snapshot = Snapshot.Take((int)options.Timeout.TotalSeconds + 1);
            return TryCapture(access, snapshot.Memory, options, deadline);
        }
        catch (UnsupportedRuntimeException e)
        {
            return CaptureAttempt.Refused(e.Message);
        }
    }

    private static CaptureAttempt TryCapture(RuntimeAccess access, ProcessMemory memory, PendingWorkOptions options, long deadline)
    {
        var heap = access.Library.View(memory);
        if (!heap.IsWalkable)
        {
            return CaptureAttempt.Disturbed("the snapshot was taken during a garbage collection");
        }

        using var reading = new HeapReading(memory, access, options, deadline);
        reading.Read(heap);
        if (reading.IsTimedOut)
        {
            return CaptureAttempt.Refused($"gave up: the heap was not read within {options.Timeout}");
        }

        return reading.BrokenRegions > 0
            ? CaptureAttempt.Disturbed($"{reading.BrokenRegions} regions of the snapshot could not be read completely")
            : Outcome.Of(reading, access, options, deadline);
    }

    private static bool IsMemoryShort()
    {
        var memory = GC.GetGCMemoryInfo(GCKind.Any);
        return memory.HighMemoryLoadThresholdBytes > 0 && memory.MemoryLoadBytes > memory.HighMemoryLoadThresholdBytes;
    }
}
