using Herz.Resilience.Metrics.Series;
using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.Metrics;

/// <summary>Starts the bridge before the first measurement: a host creates all its hosted services before it starts the first.</summary>
internal sealed class MetricsStart : IHostedService
{
    public MetricsStart(MeterBridge bridge) => _ = bridge;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
