using Herz.Resilience.Configuration;

namespace Herz.Resilience.Health;

/// <summary>The probe that the kubelet asks: the section <c>Herz:Health</c>.</summary>
public sealed class HealthOptions : FeatureOptions
{
    /// <summary>The path of the probe.</summary>
    /// <value>The default is <c>/healthz</c>.</value>
    public string Path { get; set; } = "/healthz";
}
