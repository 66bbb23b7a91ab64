using System.Diagnostics.Metrics;
using Herz.Resilience.Pipeline.Outcomes;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Pipeline;

/// <summary>Records each request once, by route, method, status and outcome; all label values are bounded.</summary>
internal sealed class RequestMetrics : RequestGuard
{
    private static readonly string[] s_outcomes = ["ok", "server_error", "refused", "deadline_exceeded", "client_gone"];
    private static readonly object[] s_statuses = [.. Enumerable.Range(0, 600).Select(status => (object)status)];

    private readonly Histogram<double> _duration;
    private readonly TimeProvider _time;

    public RequestMetrics(HerzMeter meter, TimeProvider time)
    {
        _time = time;

        // The buckets of OpenTelemetry's HTTP conventions, plus 0.8 for the API tier.
        _duration = meter.Create(static meter => meter.CreateHistogram(
            "herz.request.duration", "s", "Time from arrival to the end of each request.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1, 2.5, 5, 10] }));
    }

    public override GuardPlace Place => GuardPlace.Metrics;

    public override GuardPhases Phases => GuardPhases.Exit;

    public override void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        if (!_duration.Enabled)
        {
            return;
        }

        // On the stack: a TagList would clear space for eight tags.
        ReadOnlySpan<KeyValuePair<string, object?>> tags =
        [
            new("route", scope.Entered?.Label ?? "unmatched"),
            new("method", KnownMethod(scope.Context!.Request.Method)),
            new("status", s_statuses[outcome.StatusCode is > 0 and < 600 ? outcome.StatusCode : 0]),
            new("outcome", s_outcomes[(int)outcome.Kind]),
        ];
        _duration.Record(_time.GetElapsedTime(scope.StartTimestamp, outcome.EndTimestamp).TotalSeconds, tags);
    }

    // Clients can invent methods, and the labels must stay bounded.
    private static string KnownMethod(string method) =>
        HttpMethods.IsGet(method) ? HttpMethods.Get
        : HttpMethods.IsPost(method) ? HttpMethods.Post
        : HttpMethods.IsPut(method) ? HttpMethods.Put
        : HttpMethods.IsDelete(method) ? HttpMethods.Delete
        : HttpMethods.IsPatch(method) ? HttpMethods.Patch
        : HttpMethods.IsHead(method) ? HttpMethods.Head
        : HttpMethods.IsOptions(method) ? HttpMethods.Options
        : HttpMethods.IsConnect(method) ? HttpMethods.Connect
        : "other";
}
