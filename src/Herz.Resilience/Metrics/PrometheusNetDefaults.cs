using System.Reflection;
using Prometheus;

namespace Herz.Resilience.Metrics;

/// <summary>
/// Keeps prometheus-net's own listeners asleep in an app that does not use prometheus-net itself.
/// </summary>
/// <remarks>
/// The first collection of the default registry starts an event counter session and a listener to every meter of the process, each a cost
/// for every request. An app that refers to prometheus-net has chosen that, or its opposite; there nothing is touched.
/// </remarks>
internal static class PrometheusNetDefaults
{
    private static readonly string[] Assemblies = ["Prometheus.NetStandard", "Prometheus.AspNetCore"];

    /// <summary>True if this assembly was compiled against prometheus-net.</summary>
    public static bool IsUsedBy(Assembly? app) =>
        app is not null && Array.Exists(app.GetReferencedAssemblies(), name => Array.IndexOf(Assemblies, name.Name) >= 0);

    /// <summary>Leaves the process metrics, which cost nothing between scrapes, and asks for neither listener, unless the app uses prometheus-net.</summary>
    public static void QuietUnlessUsedBy(Assembly? app)
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
