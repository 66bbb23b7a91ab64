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
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromSeconds(15);

    private volatile bool _stepping;

    // A web host that is disposed of on a synchronization context of few threads would wait for itself: nothing is left to wait for,
    // unless a step is being made.
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        var stopped = base.StopAsync(cancellationToken);
        return _stepping ? stopped : Task.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var start = time.GetTimestamp();
        var (sampled, looked) = (TimeSpan.Zero, TimeSpan.Zero);
        while (!stoppingToken.IsCancellationRequested)
        {
            var (sampleAt, lookAt) = (sampled + settings.Value.Interval, looked + settings.Value.Window / 4);
            var now = time.GetElapsedTime(start);
            if (now >= sampleAt)
            {
                await TryAsync(signals.SampleAsync, logger.SampleFailed, stoppingToken);
                sampled = time.GetElapsedTime(start);
            }
            else if (now >= lookAt)
            {
                await TryAsync(leaks.LookAsync, logger.StepFailed, stoppingToken);
                looked = time.GetElapsedTime(start);
            }
            else
            {
                // No longer than until a reload may have changed both.
                var next = Min(sampleAt - now, Min(lookAt - now, s_longestSleep));
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
                // What is known would not fit what comes after the gap.
                leaks.Forget();
                signals.Forget();
                return;
            }

            await step();
        }
#pragma warning disable CA1031 // The watchdog must outlive a step that failed, and a log provider that throws: the host would stop with it.
        catch (Exception exception)
        {
            try
            {
                failed(exception);
            }
            catch (Exception)
#pragma warning restore CA1031
            {
            }
        }
        finally
        {
            _stepping = false;
        }
    }
}
