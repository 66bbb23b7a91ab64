using System.Diagnostics.Metrics;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.RateLimiting;

internal sealed class RateLimitingMetrics(HerzMeter meter)
{
    public void Observe(Func<IEnumerable<LimitPolicy>> policies)
    {
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.rate_limiting.partitions", () => Each(policies, policy => policy.Table.Count), "{partition}", "Partitions that a policy remembers."));
        meter.Create(meter => meter.CreateObservableCounter(
            "herz.rate_limiting.evictions", () => Each(policies, policy => policy.Table.Evictions), "{partition}", "Partitions forgotten for new ones."));
    }

    private static IEnumerable<Measurement<long>> Each(Func<IEnumerable<LimitPolicy>> policies, Func<LimitPolicy, long> read) =>
        [.. policies().Select(policy => new Measurement<long>(read(policy), new KeyValuePair<string, object?>("policy", policy.Name)))];
}
