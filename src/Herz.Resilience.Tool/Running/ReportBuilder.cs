using Herz.Resilience.Tool.GrpcCalls;
using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Reporting;

namespace Herz.Resilience.Tool.Running;

/// <summary>Builds the report of a recorder.</summary>
internal static class ReportBuilder
{
    /// <summary>Builds the report of a run.</summary>
    public static RunReport Build(LoadSettings settings, Recorder recorder, DateTimeOffset started, long endNs, bool brokenOff)
    {
        var total = recorder.Total;
        // A complete run counts with the length of its shape; the wait for the last answers is not load.
        var seconds = Math.Clamp((endNs / 1e9) - settings.WarmUp.TotalSeconds, 1e-9, settings.Shape.Seconds);
        if (!brokenOff)
        {
            seconds = settings.Shape.Seconds;
        }

        var failures = total.Failures.ToDictionary(f => Describe(f.Failure, settings.IsGrpc), f => f.Count);
        return new RunReport
        {
            Target = settings.Templates.Count == 1 ? settings.Templates[0].Url.ToString() : $"{settings.Templates.Count} URLs at {settings.Templates[0].Url.Authority}",
            Shape = settings.ClosedClients is { } clients ? $"closed loop of {clients} clients" : settings.Shape.Name,
            Started = started,
            Seconds = seconds,
            BrokenOff = brokenOff,
            SloMs = settings.Slo == Timeout.InfiniteTimeSpan ? null : settings.Slo.TotalMilliseconds,
            Requests = total.Requests,
            Ok = total.Ok.Count,
            Good = total.Good,
            Refused = total.Refused,
            Failed = total.Requests - total.Ok.Count - total.Refused,
            RatePerSecond = total.Requests / seconds,
            GoodputPerSecond = total.Good / seconds,
            Latency = LatencyFigures.Of(total.All),
            OkLatency = LatencyFigures.Of(total.Ok),
            ScheduleError = LatencyFigures.Of(recorder.ScheduleError),
            HeldBack = recorder.HeldBackCount,
            BusyShare = 1 - Math.Clamp(recorder.SleptNs / (double)Math.Max(1, endNs), 0, 1),
            PeakPending = recorder.PeakPending,
            Statuses = total.Statuses.ToDictionary(s => GrpcStatus.NameOf(s.Status), s => s.Count),
            Refusals = [.. total.Refusals.OrderByDescending(r => r.Value).Select(r => new RefusalCount(GrpcStatus.NameOf(r.Key.Status), r.Key.Type, r.Value))],
            Failures = failures,
            Templates = [.. recorder.PerTemplate.Zip(settings.Templates, (tally, template) =>
                new TemplateFigures(template.Name, tally.Requests, tally.Ok.Count, tally.Good, tally.Refused, LatencyFigures.Of(tally.All)))],
            Timeline = recorder.Timeline.Slices,
            Histogram = total.All.ToCounts(),
        };
    }

    private static string Describe(Failure failure, bool isGrpc) => failure switch
    {
        Failure.TimedOut => "timed out",
        Failure.ConnectFailed => "could not connect",
        Failure.Disconnected => "disconnected",
        Failure.Malformed => isGrpc ? "not gRPC" : "not HTTP",
        Failure.BrokenOff => "broken off",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "the request has an answer; expected a failure"),
    };
}
