using Herz.Resilience.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Health;

/// <summary>Keeps the server up for a short time after the stop signal, while the probe reports that the app is not ready.</summary>
internal sealed class DrainService(LifecycleState lifecycle, Settings<HealthOptions> settings, TimeProvider time, ILogger<DrainService> logger) : IHostedLifecycleService
{
    // Runs before any hosted service, including the web server, is stopped.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        lifecycle.Drain();
        var delay = settings.Value.DrainDelay;
        if (delay <= TimeSpan.Zero)
        {
            return;
        }

        logger.Draining(delay);
        await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
