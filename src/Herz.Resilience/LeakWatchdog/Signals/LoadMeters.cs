using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Herz.Resilience.Configuration;

namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>
/// The work that instruments of the app count, as configured by <see cref="LeakWatchdogOptions.LoadMeters"/>. It listens to meters of
/// this host, made by its meter factory, and to meters without a scope, which an app creates by hand.
/// </summary>
internal sealed class LoadMeters : IDisposable
{
    private readonly IMeterFactory _factory;
    private readonly ConcurrentDictionary<string, Total> _totals = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private MeterListener? _listener;
    private string[] _names = [];

    public LoadMeters(Settings<LeakWatchdogOptions> settings, IMeterFactory factory)
    {
        _factory = factory;
        settings.Follow((options, _) => Listen([.. options.LoadMeters]));
    }

    /// <summary>The total of all measurements of the named instruments; for observed ones, of their values now.</summary>
    public double Read()
    {
        foreach (var (_, total) in _totals)
        {
            total.BeginObservation();
        }

        _listener?.RecordObservableInstruments();
        return _totals.Sum(static entry => entry.Value.Value);
    }

    public void Dispose() => _listener?.Dispose();

    private void Listen(string[] names)
    {
        lock (_lock)
        {
            if (names.SequenceEqual(_names))
            {
                return;
            }

            _names = names;
            _listener?.Dispose();
            _listener = null;
            _totals.Clear();
            if (names.Length > 0)
            {
                _listener = Start(names);
            }
        }
    }

    private MeterListener Start(string[] names)
    {
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, target) =>
        {
            if (IsNamed(instrument, names) && (instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, _factory)))
            {
                target.EnableMeasurementEvents(instrument, _totals.GetOrAdd(instrument.Name, static (_, observed) => new Total(observed), instrument.IsObservable));
            }
        };
        listener.SetMeasurementEventCallback<byte>(static (instrument, value, _, total) => Record(instrument, total, value));
        listener.SetMeasurementEventCallback<short>(static (instrument, value, _, total) => Record(instrument, total, value));
        listener.SetMeasurementEventCallback<int>(static (instrument, value, _, total) => Record(instrument, total, value));
        listener.SetMeasurementEventCallback<long>(static (instrument, value, _, total) => Record(instrument, total, value));
        listener.SetMeasurementEventCallback<float>(static (instrument, value, _, total) => Record(instrument, total, value));
        listener.SetMeasurementEventCallback<double>(static (instrument, value, _, total) => Record(instrument, total, value));
        listener.SetMeasurementEventCallback<decimal>(static (instrument, value, _, total) => Record(instrument, total, (double)value));
        listener.Start();
        return listener;
    }

    // "MyApp.messages" may be an instrument, or the instrument "messages" of the meter "MyApp".
    private static bool IsNamed(Instrument instrument, string[] names) =>
        names.Contains(instrument.Name, StringComparer.Ordinal) || names.Contains($"{instrument.Meter.Name}.{instrument.Name}", StringComparer.Ordinal);

    // Each measurement of a histogram is one piece of work, such as one message, whatever it took.
    private static void Record(Instrument instrument, object? total, double value) =>
        ((Total)total!).Add(instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Histogram<>) ? 1 : value);

    private sealed class Total(bool observed)
    {
        private double _value;

        public double Value => Volatile.Read(ref _value);

        public void BeginObservation()
        {
            if (observed)
            {
                Volatile.Write(ref _value, 0);
            }
        }

        public void Add(double value)
        {
            double before;
            do
            {
                before = Volatile.Read(ref _value);
            }
            while (double.IsFinite(value) && Interlocked.CompareExchange(ref _value, before + value, before) != before);
        }
    }
}
