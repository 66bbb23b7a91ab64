using System.Diagnostics.Metrics;
using System.Text;
using Herz.Resilience.Metrics.Exposition;
using Herz.Resilience.Metrics.Series;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace Herz.Resilience.Tests.Metrics;

/// <summary>A meter created like in a host, and its bridge.</summary>
internal sealed class MeterHost : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public MeterHost(int maxSeries = 2_000, CollectorRegistry? app = null)
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        Meter = factory.Create("Herz.Resilience");
        Bridge = new MeterBridge("Herz.Resilience", factory, maxSeries, NullLogger.Instance);
        Exporter = new PrometheusExporter(Bridge, app);
    }

    public Meter Meter { get; }

    public MeterBridge Bridge { get; }

    public PrometheusExporter Exporter { get; }

    public async Task<string> ScrapeAsync(ExpositionFormat format = ExpositionFormat.PrometheusText)
    {
        using var stream = new MemoryStream();
        await Exporter.WriteAsync(stream, format, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public void Dispose()
    {
        Exporter.Dispose();
        Bridge.Dispose();
        _services.Dispose();
    }
}
