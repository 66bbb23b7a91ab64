using System.Runtime;
using Herz.Resilience.PendingWork.Limits;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>Tries the capture methods in order and retries transient failures. Turns every exception of a method into a refusal.</summary>
internal sealed class CaptureRun(IReadOnlyList<ICaptureMethod> methods, TimeProvider time)
{
    public PendingWorkProfile Capture(PendingWorkOptions options)
    {
        var start = time.GetTimestamp();
        var allowed = CaptureTime.Allowed(options.Timeout, HeadroomRule.Now().HeapBytes, CpuQuota.Read());
        var session = new CaptureSession(options, start + (long)(allowed.TotalSeconds * time.TimestampFrequency));
        var refusals = new List<CaptureRefusal>();
        foreach (var method in methods)
        {
            if (method.Method == CaptureMethod.ForkSnapshot && !options.AllowSnapshot)
            {
                refusals.Add(new CaptureRefusal(method.Method, "AllowSnapshot is false"));
                continue;
            }

            var attempt = Try(method, session);
            if (attempt.Operations is { } operations)
            {
                return new PendingWorkProfile(time.GetUtcNow(), operations, method.Method, refusals, [.. session.Notes, .. attempt.Notes], attempt.Types, time.GetElapsedTime(start)) { Options = options };
            }

            refusals.Add(new CaptureRefusal(method.Method, attempt.Reason!));
        }

        return new PendingWorkProfile(time.GetUtcNow(), [], CaptureMethod.None, refusals, [], [], time.GetElapsedTime(start)) { Options = options };
    }

    /// <summary>The profile of a capture that does not start.</summary>
    public PendingWorkProfile Refuse(PendingWorkOptions options, string reason) =>
        new(time.GetUtcNow(), [], CaptureMethod.None, [new CaptureRefusal(CaptureMethod.None, reason)], [], [], TimeSpan.Zero) { Options = options };

    private CaptureAttempt Try(ICaptureMethod method, CaptureSession session)
    {
        var attempt = CaptureAttempt.Refused("gave up: the capture reached its Timeout");
        for (var tries = 0; tries <= session.Options.Retries && time.GetTimestamp() < session.Deadline; tries++)
        {
            attempt = Once(method, session);
            if (!attempt.IsTransient)
            {
                break;
            }
        }

        return attempt;
    }

    // A capture is a diagnosis: its errors are reported and must not break the host.
#pragma warning disable CA1031
    private static CaptureAttempt Once(ICaptureMethod method, CaptureSession session)
    {
        try
        {
            return GCSettings.LatencyMode == GCLatencyMode.NoGCRegion
                ? CaptureAttempt.Refused(NoGcRegionCheck.InRegion.Reason)
                : method.TryCapture(session);
        }
        catch (OutOfMemoryException)
        {
            return CaptureAttempt.Refused("gave up: out of memory");
        }
        catch (Exception e)
        {
            return CaptureAttempt.Refused($"{e.GetType().Name}: {e.Message}");
        }
    }
#pragma warning restore CA1031
}
