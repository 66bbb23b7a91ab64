using Herz.Resilience.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>Samples, judges, tells. The next sample is due an interval after the last has been judged, so none overlap.</summary>
internal sealed class LeakWatchdogService(
    Settings<LeakWatchdogOptions> settings, SignalReader reader, SampleHistory history, LeakSuspicions suspicions, TimeProvider time, ILogger<LeakWatchdogService> logger)
    : BackgroundService
{
    /// <summary>Takes one sample and judges all.</summary>
    public async Task SampleAsync()
    {
        history.Add(await reader.ReadAsync(), settings.Value.History);
        Judge(history.Snapshot());
    }

    /// <summary>Judges a history; what changed is logged once.</summary>
    public void Judge(Sample[] samples)
    {
        var load = Array.ConvertAll(samples, static sample => (double)sample.Requests);
        for (var index = 0; index < SignalCatalog.Count; index++)
        {
            var series = Array.ConvertAll(samples, sample => sample.Values[index]);
            var growth = TrendDetector.Growth(series, load, SignalCatalog.All[index].LeastGrowth);
            var name = SignalCatalog.All[index].Name;
            switch (suspicions.Update((Signal)index, growth))
            {
                case true:
                    logger.LeakSuspected(name, series[^1], growth!.Value * (TimeSpan.FromHours(1) / settings.Value.Interval));
                    break;
                case false:
                    logger.LeakCleared(name, series[^1]);
                    break;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(settings.Value.Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested || settings.Mode == GuardMode.Off)
            {
                continue;
            }

            try
            {
                await SampleAsync();
            }
#pragma warning disable CA1031 // The watchdog must outlive a sample that could not be read.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.SampleFailed(exception);
            }
        }
    }
}
