using Herz.Resilience.Configuration;
using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>Samples the signals every interval and checks the windows every quarter of a window, one step at a time.</summary>
internal sealed class LeakWatchdogService(
    SignalWatch signals, LeakWatch leaks, Settings<LeakWatchdogOptions> settings, TimeProvider time, ILogger<LeakWatchdogService> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromSeconds(15);

    private volatile bool _stepping;

    // Waiting would deadlock a web host that is disposed on a synchronization context with few threads; only a running step needs it.
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        var stopped = base.StopAsync(cancellationToken);
        return _stepping ? stopped : Task.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var start = time.GetTimestamp();
        var (lastSample, lastCheck) = (TimeSpan.Zero, TimeSpan.Zero);
        while (!stoppingToken.IsCancellationRequested)
        {
            var (sampleAt, checkAt) = (lastSample + settings.Value.Interval, lastCheck + settings.Value.Window / 4);
            var now = time.GetElapsedTime(start);
            if (now >= sampleAt)
            {
                await TryAsync(signals.SampleAsync, logger.SampleFailed, stoppingToken);
                lastSample = time.GetElapsedTime(start);
            }
            else if (now >= checkAt)
            {
                await TryAsync(leaks.CheckAsync, logger.StepFailed, stoppingToken);
                lastCheck = time.GetElapsedTime(start);
            }
            else
            {
                // A reload may shorten both times.
                var next = Min(sampleAt - now, Min(checkAt - now, s_longestSleep));
                await Task.Delay(next, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private async Task TryAsync(Func<Task> step, Action<Exception> failed, CancellationToken stoppingToken)
    {
        if (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        _stepping = true;
        try
        {
            if (settings.Mode == EnforcementMode.Off)
            {
                // State from before the gap must not mix with what follows it.
                leaks.Reset();
                signals.Reset();
                return;
            }

            await step();
        }
#pragma warning disable CA1031 // A failed step or a log provider that throws must not stop the watchdog, and with it the host.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Contained.Run(exception, failed);
        }
        finally
        {
            _stepping = false;
        }
    }
}
