using System.Diagnostics.Metrics;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Deadlines;

internal sealed class DeadlineMetrics(HerzMeter meter)
{
    private readonly Counter<long> _exceeded = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.deadline.exceeded", "{request}", "Requests whose deadline passed before their answer began, or with mode=observe, that took longer than their tier."));

    private readonly Counter<long> _tiers = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.deadline.tier.exceeded", "{operation}", "Pieces of work cancelled by the deadline of their tier."));

    public void Exceeded(string route, bool enforced) =>
        _exceeded.Add(1, new("route", route), new("mode", enforced ? "enforce" : "observe"));

    public void TierExceeded(DeadlineTier tier) =>
        _tiers.Add(1, new KeyValuePair<string, object?>("tier", tier switch { DeadlineTier.Database => "database", DeadlineTier.Cache => "cache", _ => "api" }));
}
