using System.Diagnostics.Metrics;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LeakWatchdog;

internal sealed class LeakWatchdogMetrics
{
    public LeakWatchdogMetrics(HerzMeter meter, SampleHistory history, LeakSuspicions suspicions, RequestCounter requests)
    {
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.process.signal", () => Read(history.Last), unit: null, "Last sample of each signal of the leak watchdog."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.leak.suspected", () => Read(suspicions), unit: null, "1 for each signal that only grows."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.requests.active", () => requests.Active, "{request}", "Requests that have arrived and not ended."));
    }

    private static IEnumerable<Measurement<double>> Read(Sample? sample) => sample is null
        ? []
        : [.. sample.Values.Select((value, index) => new Measurement<double>(value, Tag(index)))];

    private static IEnumerable<Measurement<int>> Read(LeakSuspicions suspicions) =>
        [.. Enum.GetValues<Signal>().Select(signal => new Measurement<int>(suspicions[signal] is null ? 0 : 1, Tag((int)signal)))];

    private static KeyValuePair<string, object?> Tag(int index) => new("signal", SignalCatalog.All[index].Name);
}
