using Microsoft.Extensions.Logging;
using Prometheus;

namespace Herz.Resilience.Metrics.Series;

/// <summary>
/// A sink that keeps one prometheus-net child for each tag set, up to a limit. Further tag sets go to one overflow series, which has
/// their sum. Source of the overflow attribute: the OpenTelemetry metrics SDK specification, "Cardinality limits".
/// </summary>
internal abstract class SeriesSink<TChild> : InstrumentSink
    where TChild : class, ICollectorChild
{
    private static readonly KeyValuePair<string, object?>[] OverflowTags = [new("otel.metric.overflow", true)];

    private readonly SeriesTable<Series> _table;
    private readonly Dictionary<TChild, Series> _byChild = [];
    private readonly Func<KeyValuePair<string, object?>[], Series> _create;
    private readonly Counter.Child _rejected;
    private readonly ILogger _logger;
    private Series? _overflow;
    private double _overflowSum;
    private bool _overflowSeen;
    private int _failureLogged;

    protected SeriesSink(InstrumentInfo info, int maxSeries, Counter.Child rejected, ILogger logger)
    {
        Info = info;
        _rejected = rejected;
        _logger = logger;
        _table = new SeriesTable<Series>(maxSeries);
        _create = CreateSeries;
    }

    protected InstrumentInfo Info { get; }

    public sealed override void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!Accepts(value))
        {
            _rejected.Inc();
        }
        else if (_table.TryGet(tags, out var series) || TryAdd(tags, out series))
        {
            if (Info.IsObserved && ReferenceEquals(series, _overflow))
            {
                // An observed value replaces the previous one, so the series that share the overflow are summed first.
                _overflowSum += value;
                _overflowSeen = true;
                return;
            }

            Apply(series, value);
        }
    }

    public override void BeginObservation() => (_overflowSum, _overflowSeen) = (0, false);

    public override void EndObservation()
    {
        if (_overflowSeen)
        {
            Apply(_overflow!, _overflowSum);
        }
    }

    /// <summary>Whether a value is valid for this kind of instrument.</summary>
    protected virtual bool Accepts(double value) => double.IsFinite(value);

    /// <summary>Records an accepted value in a series.</summary>
    protected abstract void Apply(Series series, double value);

    /// <summary>Returns the prometheus-net child for these labels; the same child for the same labels.</summary>
    protected abstract TChild CreateChild(string[] names, string[] values);

    /// <summary>All series, each once.</summary>
    protected Series[] Snapshot()
    {
        lock (_byChild)
        {
            return [.. _byChild.Values];
        }
    }

    private bool TryAdd(ReadOnlySpan<KeyValuePair<string, object?>> tags, out Series series)
    {
        try
        {
            series = (_table.IsFull ? null : _table.GetOrAdd(tags, _create)) ?? Overflow();
            return true;
        }
        catch (Exception exception)
        {
            // For example, a tag whose ToString throws. The measurement is lost, but its request must not fail.
            _rejected.Inc();
            if (Interlocked.Exchange(ref _failureLogged, 1) == 0)
            {
                MetricsLog.SeriesFailed(_logger, Info.InstrumentName, exception);
            }

            series = null!;
            return false;
        }
    }

    private Series Overflow()
    {
        if (_overflow is { } existing)
        {
            return existing;
        }

        var created = CreateSeries(OverflowTags);
        if (Interlocked.CompareExchange(ref _overflow, created, null) is null)
        {
            MetricsLog.SeriesOverflow(_logger, Info.InstrumentName);
        }

        return created;
    }

    private Series CreateSeries(KeyValuePair<string, object?>[] tags)
    {
        var (names, values) = LabelSet.Of(tags);
        var child = CreateChild(names, values);
        lock (_byChild)
        {
            // The same tags in a different order are a different table entry, but the same series.
            if (!_byChild.TryGetValue(child, out var series))
            {
                _byChild.Add(child, series = new Series(child));
            }

            return series;
        }
    }

    /// <summary>A prometheus-net child and the number of the observation that last touched it.</summary>
    protected sealed class Series(TChild child)
    {
        public readonly TChild Child = child;
        public long SeenIn;
    }
}
