using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.Hosting;

/// <summary>Stops the start on a bad configuration, also in an app without a web server.</summary>
internal sealed class StartupCheck : IHostedService
{
    public StartupCheck(PlanMonitor plan) => _ = plan;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
