using System.Reflection;
using Prometheus;

namespace Herz.Resilience.Metrics;

/// <summary>
/// Keeps prometheus-net's own listeners off in an app that does not use prometheus-net itself.
/// </summary>
/// <remarks>
/// The first collection of the default registry starts an event counter session and a listener to every meter of the process. Both cost
/// time on every request. An app that references prometheus-net makes this choice itself; nothing is changed there.
/// </remarks>
internal static class PrometheusNetDefaults
{
    private static readonly string[] Assemblies = ["Prometheus.NetStandard", "Prometheus.AspNetCore"];

    /// <summary>True if this assembly was compiled against prometheus-net.</summary>
    public static bool IsUsedBy(Assembly? app) =>
        app is not null && Array.Exists(app.GetReferencedAssemblies(), name => Array.IndexOf(Assemblies, name.Name) >= 0);

    /// <summary>Turns off both listeners unless the app uses prometheus-net. The process metrics stay on, because they cost nothing between scrapes.</summary>
    public static void SuppressUnlessUsedBy(Assembly? app)
    {
        if (!IsUsedBy(app))
        {
            Prometheus.Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions
            {
                SuppressEventCounters = true,
                SuppressMeters = true,
                SuppressDebugMetrics = true,
            });
        }
    }
}
