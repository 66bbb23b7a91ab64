using Herz.Resilience.Metrics.Series;
using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.Metrics;

/// <summary>Has the bridge listen before anything is measured: a host makes all its hosted services before it starts the first.</summary>
internal sealed class MetricsStart : IHostedService
{
    public MetricsStart(MeterBridge bridge) => _ = bridge;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
