using Herz.Resilience.Configuration;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>Samples the signals, judges their trends, and tells what changed.</summary>
internal sealed class SignalWatch(
    Settings<LeakWatchdogOptions> settings, SignalReader reader, SampleHistory history, SignalSuspicions suspicions, ILogger<SignalWatch> logger)
{
    /// <summary>Takes one sample and judges all.</summary>
    public async Task SampleAsync()
    {
        history.Add(await reader.ReadAsync(), settings.Value.History);
        Judge(history.Snapshot());
    }

    /// <summary>Begins anew, as after a start.</summary>
    public void Forget()
    {
        history.Clear();
        suspicions.Clear();
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
            switch (suspicions.Update((Signal)index, series[^1], growth))
            {
                case true:
                    logger.SignalGrows(name, series[^1], growth!.Value * (TimeSpan.FromHours(1) / settings.Value.Interval));
                    break;
                case false:
                    logger.SignalCleared(name, series[^1]);
                    break;
            }
        }
    }
}
