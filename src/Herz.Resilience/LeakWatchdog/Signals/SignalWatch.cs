using Herz.Resilience.Configuration;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>Samples the signals, analyzes their trends, and logs each change.</summary>
internal sealed class SignalWatch(
    Settings<LeakWatchdogOptions> settings, SignalReader reader, SampleHistory history, SignalSuspicions suspicions, ILogger<SignalWatch> logger)
{
    /// <summary>Takes one sample and analyzes the history.</summary>
    public void Sample()
    {
        history.Add(reader.Read(), settings.Value.History);
        Analyze(history.Snapshot());
    }

    /// <summary>Returns to the initial state.</summary>
    public void Reset()
    {
        suspicions.Clear();
        history.Clear();
    }

    /// <summary>Analyzes a history. Each change is logged once.</summary>
    public void Analyze(Sample[] samples)
    {
        var arrivals = Array.ConvertAll(samples, static sample => (double)sample.Requests);
        var active = Array.ConvertAll(samples, static sample => sample.Values[(int)Signal.ActiveRequests]);
        var work = Array.ConvertAll(samples, static sample => (double)sample.Work);
        var metered = Array.ConvertAll(samples, static sample => sample.Metered);
        var lasting = Array.ConvertAll(samples, static sample => (double)sample.Lasting);
        for (var index = 0; index < SignalCatalog.Count; index++)
        {
            var series = Array.ConvertAll(samples, sample => sample.Values[index]);
            var (name, minGrowth) = SignalCatalog.All[index];

            // Open connections hold sockets, timers and memory, even if few requests arrive. A worker has messages or jobs, and no requests.
            double? growth = null;
            foreach (var load in (ReadOnlySpan<double[]>)[arrivals, (Signal)index == Signal.ActiveRequests ? lasting : active, work, metered])
            {
                growth = TrendDetector.Growth(series, load, minGrowth);
                if (growth is null)
                {
                    break;
                }
            }

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
