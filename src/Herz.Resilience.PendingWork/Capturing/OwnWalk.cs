using Herz.Resilience.PendingWork.Limits;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>
/// Reads the heap of the running process. It reads generations 1 and 2 only: no code allocates there and only garbage
/// collections move objects. If no collection overlapped, the reading is exact.
/// </summary>
internal sealed class OwnWalk(Lazy<RuntimeAccess> runtime) : ICaptureMethod
{
    private const double MinProgressToRetry = 0.5;
    private const ulong MaxBytesToRetry = 512 << 20;

    private readonly CollectionRate _rate = new(TimeProvider.System);

    public CaptureMethod Method => CaptureMethod.OwnWalk;

    public CaptureAttempt TryCapture(CaptureSession session)
    {
        try
        {
            var access = runtime.Value;
            using var memory = ProcessMemory.Open();
            access.Tables.Refresh(memory);
            return TryCapture(access, memory, session);
        }
        catch (UnsupportedRuntimeException e)
        {
            return CaptureAttempt.Refused(e.Message);
        }
    }

    private CaptureAttempt TryCapture(RuntimeAccess access, ProcessMemory memory, CaptureSession session)
    {
        if (Shortage(session.Headroom.Read()) is { } shortage)
        {
            return CaptureAttempt.Refused(shortage);
        }

        var rule = HeadroomRule.Now();
        if (session.Options.AllowSnapshot && !_rate.LeavesTimeFor(rule.HeapBytes, session.CpuLimit) && rule.Refusal(session.Headroom.Read()) is null)
        {
            return CaptureAttempt.Refused($"the walk of {HeadroomRule.Megabytes(rule.HeapBytes)} MB takes longer than the time between two garbage collections");
        }

        session.Collect();
        var before = GarbageCollections.Now();
        var heap = access.Library.View(memory);
        if (!heap.IsWalkable)
        {
            return CaptureAttempt.Disturbed("a garbage collection is running");
        }

        var guard = session.Guard(new CollectionCheck(before), session.HeadroomCheck(Shortage));
        using var reading = new HeapReading(memory, access, session.Options, guard);
        reading.Read(heap);
        if (guard.Stopped is { } stopped)
        {
            // The next collection may come as soon as this one did, so a walk that is not half done will not succeed, and a long one is not repeated.
            var isWorthRetrying = reading.Progress >= MinProgressToRetry && reading.Bytes <= MaxBytesToRetry;
            return CaptureAttempt.Stopped(stopped with { IsTransient = stopped.IsTransient && isWorthRetrying });
        }

        var after = access.Library.View(memory);
        if (GarbageCollections.Now() != before || !after.IsWalkable)
        {
            return CaptureAttempt.Disturbed("a garbage collection overlapped the walk");
        }

        // A background collection that started earlier does not move objects, but it may free whole regions.
        return reading.BrokenRegions > 0 || !heap.Regions.SequenceEqual(after.Regions)
            ? CaptureAttempt.Disturbed("a background collection changed the regions during the walk")
            : Outcome.Of(reading, access, session);
    }

    private static string? Shortage(long headroom) => headroom >= HeadroomRule.ForWalk
        ? null
        : $"gave up: only {HeadroomRule.Megabytes(headroom)} MB are left below the memory limit; {HeadroomRule.Megabytes(HeadroomRule.ForWalk)} MB are required";
}
