using System.Diagnostics.Metrics;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Deadlines;

internal sealed class DeadlineMetrics(HerzMeter meter)
{
    private readonly Counter<long> _exceeded = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.deadline.exceeded", "{request}", "Requests cancelled by their deadline (mode=enforce), or answered late while the deadline was not enforced (mode=observe)."));

    private readonly Counter<long> _late = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.deadline.late", "{request}", "Requests whose answer started after the time of tier Api, enforced or not."));

    private readonly Counter<long> _tiers = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.deadline.tier.exceeded", "{operation}", "Pieces of work cancelled by the deadline of their tier."));

    public void Observe(Func<IEnumerable<(string Endpoint, int State)>> endpoints) => meter.Create(meter => meter.CreateObservableGauge(
        "herz.deadline.state",
        () => endpoints().Select(static endpoint => new Measurement<int>(endpoint.State, new KeyValuePair<string, object?>("endpoint", endpoint.Endpoint))),
        unit: null,
        "Whether the deadline of each endpoint is enforced: 0 = observed only, 1 = enforced because it was measured to fit, 2 = enforced because it is configured."));

    public void Exceeded(string route, bool enforced) =>
        _exceeded.Add(1, new("route", route), new("mode", enforced ? "enforce" : "observe"));

    public void Late(string route) => _late.Add(1, new KeyValuePair<string, object?>("route", route));

    public void TierExceeded(string tier) =>
        _tiers.Add(1, new KeyValuePair<string, object?>("tier", tier.ToLowerInvariant()));
}
