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
        var arrivals = Array.ConvertAll(samples, static sample => (double)sample.Requests);
        var active = Array.ConvertAll(samples, static sample => sample.Values[(int)Signal.ActiveRequests]);
        var lasting = Array.ConvertAll(samples, static sample => (double)sample.Lasting);
        for (var index = 0; index < SignalCatalog.Count; index++)
        {
            var series = Array.ConvertAll(samples, sample => sample.Values[index]);
            var (name, leastGrowth) = SignalCatalog.All[index];

            // Connections that are held take sockets, timers and memory each, however few requests arrive.
            var growth = TrendDetector.Growth(series, arrivals, leastGrowth);
            growth = growth is null ? null : TrendDetector.Growth(series, (Signal)index == Signal.ActiveRequests ? lasting : active, leastGrowth);
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
