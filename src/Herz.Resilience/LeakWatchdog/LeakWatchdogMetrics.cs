using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.LeakWatchdog.Reporting;
using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.PendingWork;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LeakWatchdog;

internal sealed partial class LeakWatchdogMetrics
{
    private const int MaxLeaks = 20;

    private readonly Counter<long> _refused;

    public LeakWatchdogMetrics(
        HerzMeter meter, SampleHistory history, SignalSuspicions suspicions, LeakBoard board, Capturer capturer, RequestTracker requests, LastLook lastLook, OriginWatch origins)
    {
        _refused = meter.Create(static meter => meter.CreateCounter<long>(
            "herz.watchdog.refused.captures", "{capture}", "Captures of the leak watchdog that no capture method could do; leaks are then reported without a name."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.watchdog.last_look_age", () => lastLook.Age.TotalSeconds, "s", "Time since the leak watchdog last looked at the process; it grows while the watchdog is blind."));
        meter.Create(meter => meter.CreateObservableGauge(
            "herz.watchdog.undecided.windows", () => origins.Undecided, "{window}", "Closed windows whose requests still run or that no garbage collection has decided."));
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

    /// <summary>Counts a capture that was refused by every method, once for each reason. Numbers in a reason would each be a series of their own.</summary>
    public void Refused(IEnumerable<CaptureRefusal> refusals)
    {
        foreach (var (method, reason) in refusals)
        {
            _refused.Add(1, new("method", method.ToString()), new KeyValuePair<string, object?>("reason", Digits().Replace(reason, "N")));
        }
    }

    private static IEnumerable<Measurement<double>> Read(Sample? sample) => sample is null
        ? []
        : [.. sample.Values.Select((value, index) => new Measurement<double>(value, Tag(index)))];

    private static IEnumerable<Measurement<int>> Read(SignalSuspicions suspicions) =>
        [.. Enum.GetValues<Signal>().Select(signal => new Measurement<int>(suspicions[signal] is null ? 0 : 1, Tag((int)signal)))];

    private static IEnumerable<Measurement<long>> Read(Leak[] leaks) => [.. leaks
        .SelectMany(static leak => leak.Parts.Select(part => leak with { Method = part.Method, Awaits = part.Awaits, Pending = part.Pending }).Prepend(leak))
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

    [GeneratedRegex(@"\d[\d.,]*")]
    private static partial Regex Digits();
}
