
namespace Herz.Resilience.Metrics;

/// <summary>What Prometheus scrapes: the section <c>Herz:Metrics</c>.</summary>
public sealed class MetricsOptions : ReportingOptions
{
    /// <summary>The path of the exposition.</summary>
    /// <value>The default is <c>/metrics</c>.</value>
    public string Path { get; set; } = "/metrics";

    /// <summary>
    /// How many series one instrument may have; what is beyond is summed in one series labelled <c>otel_metric_overflow</c>.
    /// Taken at start; 1 to 1,000,000.
    /// </summary>
    /// <value>The default is 2000, the cardinality limit of the OpenTelemetry metrics SDK specification.</value>
    public int MaxSeriesPerInstrument { get; set; } = 2_000;

    /// <summary>Whether the exposition also holds what the app keeps in prometheus-net's default registry. Taken at start.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool IncludeDefaultRegistry { get; set; } = true;
}
