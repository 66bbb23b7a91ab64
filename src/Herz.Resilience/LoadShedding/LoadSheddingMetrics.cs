using System.Diagnostics.Metrics;
using Herz.Resilience.LoadShedding.Concurrency;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding;

internal sealed class LoadSheddingMetrics(HerzMeter meter)
{
    public void Observe(Shedder shedder, Func<double> poolDelay, Func<double> cpuShare)
    {
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.load_shedding.in_flight", () => Each(shedder.Gates, gate => gate.InFlight), "{request}", "Requests of each endpoint that have begun and not truly ended."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.load_shedding.waiting", () => Each(shedder.Gates, gate => gate.Waiting), "{request}", "Requests of each endpoint that wait for their turn."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.load_shedding.limit",
            () => Each(shedder.Gates.Where(gate => gate.Limit != LimitFinder.Unlimited), gate => gate.Limit),
            "{request}",
            "How many requests of an endpoint may be in flight; no value while there is no limit."));
        meter.Create(meter => meter.CreateObservableGauge("herz.load_shedding.pool_delay", poolDelay, "s", "What work waited for a thread of the pool when last measured."));
        meter.Create(meter => meter.CreateObservableGauge("herz.load_shedding.cpu_share", cpuShare, "1", "The CPU time of the process as a share of what it may use."));
    }

    private static IEnumerable<Measurement<int>> Each(IEnumerable<EndpointGate> gates, Func<EndpointGate, int> read) =>
        [.. gates.Select(gate => new Measurement<int>(read(gate), new KeyValuePair<string, object?>("endpoint", gate.Key)))];
}
