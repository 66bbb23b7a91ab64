using System.Diagnostics.Metrics;
using Herz.Resilience.Pipeline;
using Herz.Resilience.RateLimiting.Policies;

namespace Herz.Resilience.RateLimiting;

internal sealed class RateLimitingMetrics(HerzMeter meter)
{
    public void Observe(Func<IEnumerable<LimitPolicy>> policies, Func<int> waiting)
    {
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.rate_limiting.partitions", () => Each(policies, policy => policy.Partitions), "{partition}", "Partitions that a policy keeps."));
        meter.Create(meter => meter.CreateObservableCounter(
            "herz.rate_limiting.evictions", () => Each(policies, policy => policy.Evictions), "{partition}", "Partitions removed to make room for new ones."));
        meter.Create(meter => meter.CreateObservableGauge("herz.rate_limiting.waiting", waiting, "{request}", "Requests that wait for their permits."));
    }

    private static IEnumerable<Measurement<long>> Each(Func<IEnumerable<LimitPolicy>> policies, Func<LimitPolicy, long> read) =>
        [.. policies().Select(policy => new Measurement<long>(read(policy), new KeyValuePair<string, object?>("policy", policy.Name)))];
}
