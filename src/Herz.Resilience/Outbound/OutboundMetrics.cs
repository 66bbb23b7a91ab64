using System.Diagnostics;
using System.Diagnostics.Metrics;
using Herz.Resilience.Outbound.Dependencies;
using Herz.Resilience.Outbound.Retries;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Outbound;

/// <summary>The metrics of outgoing calls, and their events on the current activity.</summary>
internal sealed class OutboundMetrics(HerzMeter meter, TimeProvider time)
{
    private readonly Counter<long> _outlived = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.outbound.outlived", "{call}", "Outgoing calls that ended after the deadline or the end of their request."));

    private readonly Counter<long> _cancelled = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.outbound.cancelled", "{call}", "Outgoing calls without the request's token that the deadline of their request cancelled."));

    private readonly Counter<long> _retries = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.outbound.retries", "{call}", "Calls that failed in a transient manner, by outcome: succeeded or failed after a retry, or why they were not retried."));

    private readonly Counter<long> _hedges = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.outbound.hedges", "{attempt}", "Second attempts sent while the first was slow, by outcome: won, lost, or why none was sent."));

    private readonly Counter<long> _unguarded = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.outbound.unguarded", "{call}", "Outgoing HTTP calls that no guard sees, because their client was not made by IHttpClientFactory."));

    public void Outlived(string client) => _outlived.Add(1, new KeyValuePair<string, object?>("client", client));

    public void Cancelled(string client) => _cancelled.Add(1, new KeyValuePair<string, object?>("client", client));

    public void Unguarded(string host) => _unguarded.Add(1, new KeyValuePair<string, object?>("host", host));

    /// <summary>Observes what is kept for each dependency. Dependencies beyond 100 share a label and have no gauges.</summary>
    public void Observe(DependencyTable dependencies, Func<TrackedDependency, long, double> throttled)
    {
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.outbound.retry_budget",
            () => Each(dependencies, (dependency, now) => dependency.Budget.Left(now, dependency.Settings.RetryBudget, dependency.Settings.MinRetries)),
            unit: "{retry}",
            "What is left of each dependency's budget for retries and hedges."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.outbound.throttled",
            () => Each(dependencies, throttled),
            unit: "1",
            "The share of calls to each dependency that client-side throttling refuses; of the kind of call with the largest share."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.outbound.dependencies", () => dependencies.Count, "{dependency}", "The dependencies that are kept."));
    }

    /// <summary>A failed attempt will be retried.</summary>
    public static void Retrying(TrackedDependency dependency, int attempt, in CallOutcome outcome, TimeSpan delay) =>
        AddEvent("herz.outbound.retry", dependency, attempt, outcome, "herz.delay", delay.TotalSeconds);

    /// <summary>A failed attempt is not retried.</summary>
    public void NotRetried(TrackedDependency dependency, int attempt, RetryStop stop, in CallOutcome outcome)
    {
        // Of a call that was retried the end is counted.
        if (attempt == 1 || stop != RetryStop.Attempts)
        {
            Retried(dependency, stop.Name());
        }

        AddEvent("herz.outbound.not_retried", dependency, attempt, outcome, "herz.reason", stop.Name());
    }

    /// <summary>A call ended after a retry, or was not retried for a reason.</summary>
    public void Retried(TrackedDependency dependency, string outcome) => _retries.Add(1, new("dependency", dependency.Label), new("outcome", outcome));

    /// <summary>A hedge has ended, or was not sent for a reason.</summary>
    public void Hedged(TrackedDependency dependency, string outcome)
    {
        _hedges.Add(1, new("dependency", dependency.Label), new("outcome", outcome));
        Activity.Current?.AddEvent(new ActivityEvent("herz.outbound.hedge", tags: new ActivityTagsCollection { ["herz.dependency"] = dependency.Name, ["herz.outcome"] = outcome }));
    }

    private static void AddEvent(string name, TrackedDependency dependency, int attempt, in CallOutcome outcome, string key, object value)
    {
        if (Activity.Current is { } activity)
        {
            activity.AddEvent(new ActivityEvent(name, tags: new ActivityTagsCollection
            {
                ["herz.dependency"] = dependency.Name,
                ["herz.attempt"] = attempt,
                ["herz.result"] = outcome.Result.ToString(),
                ["http.response.status_code"] = outcome.Status > 0 ? outcome.Status : null,
                [key] = value,
            }));
        }
    }

    private IEnumerable<Measurement<double>> Each(DependencyTable dependencies, Func<TrackedDependency, long, double> value)
    {
        var now = time.GetTimestamp();
        return dependencies.All.Where(static dependency => dependency.Label == dependency.Name)
            .Select(dependency => new Measurement<double>(value(dependency, now), new KeyValuePair<string, object?>("dependency", dependency.Label)));
    }
}
