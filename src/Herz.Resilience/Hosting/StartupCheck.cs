using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.Hosting;

/// <summary>Makes a bad configuration stop the start, also of an app without a web server.</summary>
internal sealed class StartupCheck : IHostedService
{
    public StartupCheck(PlanMonitor plan) => _ = plan;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
