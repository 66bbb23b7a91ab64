using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Herz.Resilience.Pipeline.Calls;

/// <summary>Counts refused calls, and adds each refusal as an event to the current activity.</summary>
internal sealed class CallRefusals(HerzMeter meter)
{
    private readonly Counter<long> _refused = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.outbound.refused", "{call}", "Outgoing calls that a guard refused before they were sent, or with mode=observe, that would have been refused."));

    /// <summary>A guard refused a call.</summary>
    public void Refused(Dependency dependency, CallRefusal refusal)
    {
        Count(dependency, refusal.Guard, "enforce");
        Activity.Current?.AddEvent(new ActivityEvent("herz.outbound.refused", tags: new ActivityTagsCollection
        {
            ["herz.dependency"] = dependency.Name,
            ["herz.guard"] = refusal.Guard,
            ["herz.reason"] = refusal.Reason,
        }));
    }

    /// <summary>A guard in the mode Observe would have refused a call.</summary>
    public void Observed(Dependency dependency, CallPlace place) => Count(dependency, place.Name(), "observe");

    private void Count(Dependency dependency, string guard, string mode) =>
        _refused.Add(1, new("dependency", dependency.Label), new("guard", guard), new("mode", mode));
}
