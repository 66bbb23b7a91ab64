using System.Runtime.CompilerServices;

namespace Herz.Resilience.Tests.Metrics;

/// <summary>
/// The tests reference prometheus-net, so they must turn off its listeners. Otherwise the listeners publish every meter of every app in
/// the process to all others.
/// </summary>
internal static class PrometheusNetSetup
{
    [ModuleInitializer]
    internal static void SuppressListeners() => Prometheus.Metrics.SuppressDefaultMetrics();
}
