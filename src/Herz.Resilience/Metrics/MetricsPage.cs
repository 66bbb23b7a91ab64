using Herz.Resilience.Configuration;
using Herz.Resilience.Management;
using Herz.Resilience.Metrics.Exposition;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Metrics;

/// <summary>Serves the exposition at <c>Herz:Metrics:Path</c>.</summary>
internal sealed class MetricsPage : ManagementPage
{
    private readonly PrometheusExporter _exporter;
    private volatile string? _path;

    public MetricsPage(PrometheusExporter exporter, Settings<MetricsOptions> settings)
    {
        _exporter = exporter;
        settings.Follow((options, mode) => _path = mode == EnforcementMode.Off ? null : options.Path);
    }

    public override PageExposure Exposure => PageExposure.ManagementOrApp;

    public override string? Path => _path;

    public override string Title => "metrics page";

    public override string PathKey => "Herz:Metrics:Path";

    // The content types of the Prometheus text format and of OpenMetrics.
    public override bool IsSameKind(PageAnswer answer) =>
        answer is { Status: StatusCodes.Status200OK, ContentType: { } type }
        && (type.StartsWith("application/openmetrics-text", StringComparison.OrdinalIgnoreCase)
            || (type.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase) && type.Contains("version=", StringComparison.OrdinalIgnoreCase)));

    public override Task AnswerAsync(HttpContext context) => _exporter.WriteAsync(context);
}
