using Herz.Resilience.PendingWork.Limits;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>Reads the heap from a copy-on-write snapshot, in which no garbage collection can run.</summary>
internal sealed class ForkSnapshot(Lazy<RuntimeAccess> runtime) : ICaptureMethod
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    public CaptureMethod Method => CaptureMethod.ForkSnapshot;

    public CaptureAttempt TryCapture(CaptureSession session)
    {
        try
        {
            var access = runtime.Value;
            if (HeadroomRule.Now().Refusal(session.Headroom.Read()) is { } refusal)
            {
                return CaptureAttempt.Refused(refusal);
            }

            using (var own = ProcessMemory.Open())
            {
                access.Tables.Refresh(own);
            }

            session.Collect();
            return Read(access, session);
        }
        catch (UnsupportedRuntimeException e)
        {
            return CaptureAttempt.Refused(e.Message);
        }
    }

    private static CaptureAttempt Read(RuntimeAccess access, CaptureSession session)
    {
        // The collection may have changed both the heap and the limit's use.
        var rule = HeadroomRule.Now();
        if (rule.Refusal(session.Headroom.Read()) is { } refusal)
        {
            return CaptureAttempt.Refused(refusal);
        }

        // The twin ends with the attempt; its own time is for a capture that hangs.
        var snapshot = Snapshot.Take(session.Remaining + s_grace);
        try
        {
            var guard = session.Guard(session.HeadroomCheck(rule.Stop));
            var heap = access.Library.View(snapshot.Memory);
            if (!heap.IsWalkable)
            {
                return CaptureAttempt.Disturbed("the snapshot was taken during a garbage collection");
            }

            using var reading = new HeapReading(snapshot.Memory, access, session.Options, guard);
            reading.Read(heap);
            if (guard.Stopped is { } stopped)
            {
                return CaptureAttempt.Stopped(stopped);
            }

            if (reading.BrokenRegions > 0)
            {
                return CaptureAttempt.Disturbed($"{reading.BrokenRegions} regions of the snapshot could not be read completely");
            }

            // The rest needs no memory of the twin, so the copied pages are given back now.
            snapshot.Dispose();
            return Outcome.Of(reading, access, session);
        }
        finally
        {
            snapshot.Dispose();
        }
    }
}
