using Herz.Resilience.Configuration;

namespace Herz.Resilience.Metrics;

/// <summary>What Prometheus scrapes: the section <c>Herz:Metrics</c>.</summary>
public sealed class MetricsOptions : FeatureOptions
{
    /// <summary>The path of the exposition.</summary>
    /// <value>The default is <c>/metrics</c>.</value>
    public string Path { get; set; } = "/metrics";
}
