
namespace Herz.Resilience.Metrics;

/// <summary>The metrics endpoint for Prometheus: the section <c>Herz:Metrics</c>.</summary>
public sealed class MetricsOptions : ReportingOptions
{
    /// <summary>Path of the exposition.</summary>
    /// <value>The default is <c>/metrics</c>.</value>
    public string Path { get; set; } = "/metrics";

    /// <summary>
    /// Maximum number of series of one instrument; further series are summed in one series labelled <c>otel_metric_overflow</c>.
    /// Read at start; 1 to 1,000,000.
    /// </summary>
    /// <value>The default is 2000, the cardinality limit of the OpenTelemetry metrics SDK specification.</value>
    public int MaxSeriesPerInstrument { get; set; } = 2_000;

    /// <summary>Whether the exposition includes the app's own metrics in prometheus-net's default registry. Read at start.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool IncludeDefaultRegistry { get; set; } = true;
}
