using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Herz.Resilience.Benchmarks.Harmless.Servers;

/// <summary>Reads the meter of the bundle inside the app, without a request.</summary>
internal sealed class HerzMeterReader : IDisposable
{
    private readonly ConcurrentDictionary<(string Instrument, string Tags), double> _counted = new();
    private readonly ConcurrentDictionary<(string Instrument, string Tags), double> _observed = new();
    private readonly MeterListener _listener = new();

    public HerzMeterReader()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Herz.Resilience")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    public HerzState Read(string[] log)
    {
        _observed.Clear();
        _listener.RecordObservableInstruments();
        return new HerzState
        {
            InFlight = Sum(_observed, "herz.load_shedding.in_flight") + Sum(_observed, "herz.load_shedding.waiting")
                + Sum(_observed, "herz.rate_limiting.waiting") + Sum(_observed, "herz.requests.active"),
            OpenCircuits = Names(_observed, "herz.circuit.state"),
            Limits = Names(_observed, "herz.load_shedding.limit"),
            Refusals = Names(_counted, "herz.requests.refused", "mode=enforce"),
            Faults = Sum(_counted, "herz.guard.faults"),
            Blamed = Sum(_counted, "herz.request.duration", "outcome=server_error") + Sum(_counted, "herz.request.duration", "outcome=deadline_exceeded"),
            Log = log,
        };
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = (instrument.Name, string.Join(' ', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}")));
        if (instrument.IsObservable)
        {
            _observed.AddOrUpdate(key, value, (_, sum) => sum + value);
        }
        else
        {
            // Only the count of the histogram is used.
            var amount = instrument.Name == "herz.request.duration" ? 1 : value;
            _counted.AddOrUpdate(key, amount, (_, sum) => sum + amount);
        }
    }

    private static double Sum(ConcurrentDictionary<(string Instrument, string Tags), double> values, string instrument, string tag = "") =>
        values.Where(pair => pair.Key.Instrument == instrument && pair.Key.Tags.Contains(tag, StringComparison.Ordinal)).Sum(static pair => pair.Value);

    private static string[] Names(ConcurrentDictionary<(string Instrument, string Tags), double> values, string instrument, string tag = "") =>
    [
        .. values.Where(pair => pair.Key.Instrument == instrument && pair.Key.Tags.Contains(tag, StringComparison.Ordinal) && pair.Value != 0)
            .Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key.Tags} ({pair.Value:F0})")),
    ];
}
