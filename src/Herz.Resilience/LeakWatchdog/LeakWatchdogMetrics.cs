using System.Diagnostics.Metrics;
using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.LeakWatchdog.Reporting;
using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LeakWatchdog;

internal sealed class LeakWatchdogMetrics
{
    private const int MaxLeaks = 20;

    public LeakWatchdogMetrics(
        HerzMeter meter, SampleHistory history, SignalSuspicions suspicions, LeakBoard board, Capturer capturer, RequestTracker requests)
    {
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.process.signal", () => Read(history.Last), unit: null, "The last sample of each signal of the leak watchdog."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.process.signal.suspected", () => Read(suspicions), unit: null, "1 if the signal keeps growing, otherwise 0."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.leak.suspected", () => Read(board.Current), "{operation}", "Pending operations of each suspected leak; 1 if their number is unknown."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.pending.operations", () => Read(capturer.Last), "{operation}", "Pending operations of the process in the last capture."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.requests.active", () => requests.Active, "{request}", "Requests that have arrived and have not ended."));
    }

    private static IEnumerable<Measurement<double>> Read(Sample? sample) => sample is null
        ? []
        : [.. sample.Values.Select((value, index) => new Measurement<double>(value, Tag(index)))];

    private static IEnumerable<Measurement<int>> Read(SignalSuspicions suspicions) =>
        [.. Enum.GetValues<Signal>().Select(signal => new Measurement<int>(suspicions[signal] is null ? 0 : 1, Tag((int)signal)))];

    private static IEnumerable<Measurement<long>> Read(Leak[] leaks) => [.. leaks
        .GroupBy(static leak => (Endpoint: leak.Origin ?? leak.Signal ?? "", Method: leak.Method ?? leak.Type ?? "", Awaits: leak.Awaits ?? ""))
        .Take(MaxLeaks)
        .Select(static same => new Measurement<long>(
            Math.Max(1, same.Max(static leak => leak.Pending)),
            new KeyValuePair<string, object?>("endpoint", same.Key.Endpoint),
            new KeyValuePair<string, object?>("method", same.Key.Method),
            new KeyValuePair<string, object?>("awaits", same.Key.Awaits)))];

    private static IEnumerable<Measurement<int>> Read(Captured? captured) =>
        captured is null ? [] : [new Measurement<int>(captured.Profile.Count)];

    private static KeyValuePair<string, object?> Tag(int index) => new("signal", SignalCatalog.All[index].Name);
}
