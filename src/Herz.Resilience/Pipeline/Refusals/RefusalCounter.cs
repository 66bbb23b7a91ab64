using System.Diagnostics.Metrics;

namespace Herz.Resilience.Pipeline.Refusals;

/// <summary>Counts refusals, and the requests that a guard in <c>Observe</c> would have refused.</summary>
internal sealed class RefusalCounter(HerzMeter meter)
{
    private readonly Counter<long> _refused = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.requests.refused", "{request}", "Requests refused by a guard, or with mode=observe, requests that would have been refused."));

    public void Count(Refusal refusal, bool enforced) => Count(refusal.Guard, refusal.Rule, enforced);

    /// <summary>Counts without creating a refusal: in <c>Observe</c> that may be every request.</summary>
    public void Count(string guard, string rule, bool enforced) =>
        _refused.Add(1, new("guard", guard), new("rule", rule), new("mode", enforced ? "enforce" : "observe"));
}
