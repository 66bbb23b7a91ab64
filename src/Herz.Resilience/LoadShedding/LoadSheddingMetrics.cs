using System.Diagnostics.Metrics;
using Herz.Resilience.LoadShedding.Concurrency;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding;

internal sealed class LoadSheddingMetrics(HerzMeter meter)
{
    public void Observe(Shedder shedder, Func<double> poolDelay, Func<double> cpuShare)
    {
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.load_shedding.in_flight", () => Each(shedder.Gates, gate => gate.InFlight), "{request}", "Requests in flight of each endpoint, including those whose handler ignores its cancelled token."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.load_shedding.waiting", () => Each(shedder.Gates, gate => gate.Waiting), "{request}", "Queued requests of each endpoint."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.load_shedding.limit",
            () => Each(shedder.Gates.Where(gate => gate.Limit != LimitFinder.Unlimited), gate => gate.Limit),
            "{request}",
            "Concurrency limit of an endpoint; no value while there is none."));
        meter.Create(meter => meter.CreateObservableGauge("herz.load_shedding.pool_delay", poolDelay, "s", "Last measured delay of work in the queue of the thread pool."));
        meter.Create(meter => meter.CreateObservableGauge("herz.load_shedding.cpu_share", cpuShare, "1", "CPU time of the process as a share of its limit."));
    }

    private static IEnumerable<Measurement<int>> Each(IEnumerable<EndpointGate> gates, Func<EndpointGate, int> read) =>
        [.. gates.Select(gate => new Measurement<int>(read(gate), new KeyValuePair<string, object?>("endpoint", gate.Key)))];
}
