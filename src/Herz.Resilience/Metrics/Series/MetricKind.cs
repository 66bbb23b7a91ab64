using System.Diagnostics.Metrics;

namespace Herz.Resilience.Metrics.Series;

/// <summary>What an instrument becomes in Prometheus.</summary>
internal enum MetricKind
{
    /// <summary>A sum of increments that never falls.</summary>
    Counter,

    /// <summary>A sum read as a whole at each scrape.</summary>
    ObservedCounter,

    /// <summary>A sum of increments that may fall: a gauge in Prometheus.</summary>
    UpDownCounter,

    /// <summary>A value that is set.</summary>
    Gauge,

    /// <summary>A value that is read at each scrape, and absent where it is not observed any more.</summary>
    ObservedGauge,

    /// <summary>A sum that may fall, read as a whole at each scrape, and absent where it is not observed any more.</summary>
    ObservedUpDownCounter,

    /// <summary>A distribution over the buckets that the instrument advises.</summary>
    Histogram,
}

internal static class MetricKinds
{
    /// <summary>Classifies an instrument; null for a kind that is not known here.</summary>
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
