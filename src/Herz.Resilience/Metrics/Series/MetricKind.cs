using System.Diagnostics.Metrics;

namespace Herz.Resilience.Metrics.Series;

/// <summary>The kinds of metrics in Prometheus.</summary>
internal enum MetricKind
{
    /// <summary>A sum of increments that never falls.</summary>
    Counter,

    /// <summary>A total that is read at each scrape.</summary>
    ObservedCounter,

    /// <summary>A sum of increments that may fall: a gauge in Prometheus.</summary>
    UpDownCounter,

    /// <summary>A value that is set.</summary>
    Gauge,

    /// <summary>A value that is read at each scrape, and absent when it is no longer observed.</summary>
    ObservedGauge,

    /// <summary>A total that may fall. It is read at each scrape, and absent when it is no longer observed.</summary>
    ObservedUpDownCounter,

    /// <summary>A distribution over the buckets that the instrument advises.</summary>
    Histogram,
}

internal static class MetricKinds
{
    /// <summary>The kind of an instrument; null if it is not supported.</summary>
    public static MetricKind? Of(Instrument instrument)
    {
        var type = instrument.GetType();
        if (!type.IsGenericType)
        {
            return null;
        }

        var open = type.GetGenericTypeDefinition();
        return open == typeof(Counter<>) ? MetricKind.Counter
            : open == typeof(ObservableCounter<>) ? MetricKind.ObservedCounter
            : open == typeof(UpDownCounter<>) ? MetricKind.UpDownCounter
            : open == typeof(ObservableUpDownCounter<>) ? MetricKind.ObservedUpDownCounter
            : open == typeof(ObservableGauge<>) ? MetricKind.ObservedGauge
            : open == typeof(Gauge<>) ? MetricKind.Gauge
            : open == typeof(Histogram<>) ? MetricKind.Histogram
            : null;
    }
}
