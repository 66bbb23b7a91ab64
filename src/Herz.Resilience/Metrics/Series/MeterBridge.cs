using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace Herz.Resilience.Metrics.Series;

/// <summary>
/// Forwards the measurements of one host's meter to a prometheus-net registry until it is disposed.
/// </summary>
/// <remarks>
/// prometheus-net's own <c>MeterAdapter</c> is not used: it publishes counters as gauges, ignores advised buckets, drops series after five
/// idle minutes, and has one static configuration that belongs to the app.
/// </remarks>
internal sealed class MeterBridge : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _observing = new();
    private readonly List<InstrumentSink> _sinks = [];
    private readonly string _meterName;
    private readonly object? _scope;
    private readonly int _maxSeries;
    private readonly ILogger _logger;
    private readonly Counter _rejected;

    /// <summary>Listens to the meter of this name that <paramref name="scope"/>, the host's meter factory, created.</summary>
    public MeterBridge(string meterName, object? scope, int maxSeriesPerInstrument, ILogger logger)
    {
        _meterName = meterName;
        _scope = scope;
        _maxSeries = maxSeriesPerInstrument;
        _logger = logger;
        _rejected = Prometheus.Metrics.WithCustomRegistry(Registry).CreateCounter(
            "herz_metrics_rejected_measurements_total",
            "Measurements that were rejected because their value or a tag was invalid.",
            ["instrument"],
            new CounterConfiguration { ExemplarBehavior = ExemplarBehavior.NoExemplars() });

        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, sink) => Record(sink, value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, sink) => Record(sink, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, sink) => Record(sink, value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, sink) => Record(sink, value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, sink) => Record(sink, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, sink) => Record(sink, value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, sink) => Record(sink, (double)value, tags));
        _listener.Start();
    }

    /// <summary>The registry of the series; one for each host.</summary>
    public CollectorRegistry Registry { get; } = Prometheus.Metrics.NewCustomRegistry();

    /// <summary>Reads the observable instruments. If a callback throws, only its own values are lost.</summary>
    public void Observe()
    {
        lock (_observing)
        {
            var sinks = Sinks();
            foreach (var sink in sinks)
            {
                sink.BeginObservation();
            }

            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (Exception exception)
            {
                MetricsLog.ObservationFailed(_logger, exception);
            }

            foreach (var sink in sinks)
            {
                sink.EndObservation();
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private static void Record(object? sink, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (sink is InstrumentSink known)
        {
            known.Record(value, tags);
        }
    }

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name != _meterName || !ReferenceEquals(instrument.Meter.Scope, _scope))
        {
            return;
        }

        if (InstrumentInfo.Of(instrument) is not { } info)
        {
            MetricsLog.InstrumentSkipped(_logger, instrument.Name, instrument.GetType().Name);
            return;
        }

        var sink = Sink(info);
        lock (_sinks)
        {
            _sinks.Add(sink);
        }

        listener.EnableMeasurementEvents(instrument, sink);
    }

    private InstrumentSink Sink(InstrumentInfo info)
    {
        var rejected = _rejected.WithLabels(info.InstrumentName);
        return info.Kind switch
        {
            MetricKind.Counter or MetricKind.ObservedCounter => new CounterSink(info, Registry, _maxSeries, rejected, _logger),
            MetricKind.Histogram => new HistogramSink(info, Registry, _maxSeries, rejected, _logger),
            _ => new GaugeSink(info, Registry, _maxSeries, rejected, _logger),
        };
    }

    private InstrumentSink[] Sinks()
    {
        lock (_sinks)
        {
            return [.. _sinks];
        }
    }
}
