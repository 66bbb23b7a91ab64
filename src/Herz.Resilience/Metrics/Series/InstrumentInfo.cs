using System.Diagnostics.Metrics;
using Herz.Resilience.Metrics.Exposition;

namespace Herz.Resilience.Metrics.Series;

/// <summary>The data of an instrument that is needed to publish it.</summary>
internal sealed record InstrumentInfo(string InstrumentName, string MetricName, string Help, MetricKind Kind, double[] Buckets)
{
    /// <summary>Whether its values are read at each scrape.</summary>
    public bool IsObserved => Kind is MetricKind.ObservedCounter or MetricKind.ObservedGauge or MetricKind.ObservedUpDownCounter;

    public static InstrumentInfo? Of(Instrument instrument) => MetricKinds.Of(instrument) is { } kind
        ? new InstrumentInfo(
            instrument.Name,
            PrometheusNames.Metric(instrument.Name, instrument.Unit, kind),
            PrometheusNames.Help(instrument.Description),
            kind,
            kind == MetricKind.Histogram ? HistogramBuckets.Of(instrument) : [])
        : null;
}
