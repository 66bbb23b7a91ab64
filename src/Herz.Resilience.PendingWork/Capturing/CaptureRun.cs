namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>Tries the ways in their order, each again while its refusal is fleeting, and never throws for what they meet.</summary>
internal sealed class CaptureRun(IReadOnlyList<ICaptureWay> ways, TimeProvider time)
{
    public PendingWorkProfile Capture(PendingWorkOptions options)
    {
        var start = time.GetTimestamp();
        var deadline = start + (long)(options.Timeout.TotalSeconds * time.TimestampFrequency);
        var refusals = new List<CaptureRefusal>();
        foreach (var way in ways)
        {
            if (way.Way == CaptureWay.ForkSnapshot && !options.AllowSnapshot)
            {
                refusals.Add(new CaptureRefusal(way.Way, "AllowSnapshot is false"));
                continue;
            }

            var attempt = Try(way, options, deadline);
            if (attempt.Operations is { } operations)
            {
                return new PendingWorkProfile(time.GetUtcNow(), operations, way.Way, refusals, attempt.Notes, attempt.Types, time.GetElapsedTime(start)) { Asked = options };
            }

            refusals.Add(new CaptureRefusal(way.Way, attempt.Reason!));
        }

        return new PendingWorkProfile(time.GetUtcNow(), [], CaptureWay.None, refusals, [], [], time.GetElapsedTime(start)) { Asked = options };
    }

    private CaptureAttempt Try(ICaptureWay way, PendingWorkOptions options, long deadline)
    {
        var attempt = CaptureAttempt.Refused("gave up: the time of this capture had run out");
        for (var tries = 0; tries <= options.Retries && time.GetTimestamp() < deadline; tries++)
        {
            attempt = Once(way, options, deadline);
            if (!attempt.IsFleeting)
            {
                break;
            }
        }

        return attempt;
    }

    // A profile is a diagnosis: whatever goes wrong in taking it is told, and never breaks the host.
#pragma warning disable CA1031
    private static CaptureAttempt Once(ICaptureWay way, PendingWorkOptions options, long deadline)
    {
        try
        {
            return way.TryCapture(options, deadline);
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
