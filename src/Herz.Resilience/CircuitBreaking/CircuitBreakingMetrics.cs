using System.Diagnostics.Metrics;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.CircuitBreaking;

internal sealed class CircuitBreakingMetrics(HerzMeter meter)
{
    private static readonly string[] s_names = ["closed", "half_open", "open", "isolated"];

    private readonly Counter<long> _changes = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.circuit.transitions", "{transition}", "State changes of endpoint circuits."));

    public void Observe(Func<IEnumerable<Circuit>> circuits) => meter.Create(meter => meter.CreateObservableGauge(
        "herz.circuit.state",
        () => circuits().Select(circuit => new Measurement<int>((int)circuit.Status, new KeyValuePair<string, object?>(Label(circuit.Direction), circuit.Name))),
        unit: null,
        "State of each endpoint's circuit: 0 closed, 1 half-open, 2 open, 3 isolated by hand."));

    public void Changed(CircuitChange change) =>
        _changes.Add(1, new(Label(change.Direction), change.Name), new("to", s_names[(int)change.To]));

    private static string Label(CircuitDirection direction) => direction == CircuitDirection.Inbound ? "endpoint" : "dependency";
}
