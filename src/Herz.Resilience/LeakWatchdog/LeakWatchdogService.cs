using Herz.Resilience.Configuration;
using Herz.Resilience.LeakWatchdog.Signals;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>Samples the signals every interval, and looks at the windows every quarter of one. Neither overlaps itself or the other.</summary>
internal sealed class LeakWatchdogService(
    SignalWatch signals, LeakWatch leaks, Settings<LeakWatchdogOptions> settings, TimeProvider time, ILogger<LeakWatchdogService> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var sampleAt = time.GetUtcNow() + settings.Value.Interval;
        var lookAt = time.GetUtcNow() + settings.Value.Window / 4;
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = (sampleAt < lookAt ? sampleAt : lookAt) - time.GetUtcNow();
            await Task.Delay(next > TimeSpan.Zero ? next : TimeSpan.Zero, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = time.GetUtcNow();
            if (now >= sampleAt)
            {
                await TryAsync(signals.SampleAsync, logger.SampleFailed, stoppingToken);
                sampleAt = time.GetUtcNow() + settings.Value.Interval;
            }

            if (now >= lookAt)
            {
                await TryAsync(leaks.LookAsync, logger.StepFailed, stoppingToken);
                lookAt = time.GetUtcNow() + settings.Value.Window / 4;
            }
        }
    }

    private async Task TryAsync(Func<Task> step, Action<Exception> failed, CancellationToken stoppingToken)
    {
        if (stoppingToken.IsCancellationRequested || settings.Mode == GuardMode.Off)
        {
            return;
        }

        try
        {
            await step();
        }
#pragma warning disable CA1031 // The watchdog must outlive a step that failed.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failed(exception);
        }
    }
}
