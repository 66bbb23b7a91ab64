using System.Runtime.CompilerServices;

namespace Herz.Resilience.Tests.Metrics;

/// <summary>
/// The tests refer to prometheus-net, so its listeners are left to them to configure; on, they would publish every meter of every app of the
/// process to all others.
/// </summary>
internal static class PrometheusNetSetup
{
    [ModuleInitializer]
    internal static void Quiet() => Prometheus.Metrics.SuppressDefaultMetrics();
}
