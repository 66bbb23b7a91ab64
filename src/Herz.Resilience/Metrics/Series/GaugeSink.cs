using Microsoft.Extensions.Logging;
using Prometheus;

namespace Herz.Resilience.Metrics.Series;

/// <summary>Gauges and up-down counters. An observed gauge is published only while it is observed.</summary>
internal sealed class GaugeSink(InstrumentInfo info, CollectorRegistry registry, int maxSeries, Counter.Child rejected, ILogger logger)
    : SeriesSink<Gauge.Child>(info, maxSeries, rejected, logger)
{
    private static readonly GaugeConfiguration Configuration = new() { SuppressInitialValue = true };

    private readonly MetricFactory _factory = Prometheus.Metrics.WithCustomRegistry(registry);
    private long _observation;

    public override void BeginObservation()
    {
        base.BeginObservation();
        _observation++;
    }

    public override void EndObservation()
    {
        base.EndObservation();
        if (Info.Kind is not (MetricKind.ObservedGauge or MetricKind.ObservedUpDownCounter))
        {
            return;
        }

        foreach (var series in Snapshot())
        {
            if (series.SeenIn != _observation)
            {
                series.Child.Unpublish();
            }
        }
    }

    protected override void Apply(Series series, double value)
    {
        if (Info.Kind == MetricKind.UpDownCounter)
        {
            series.Child.Inc(value);
            return;
        }

        series.SeenIn = _observation;
        series.Child.Set(value);
    }

    protected override Gauge.Child CreateChild(string[] names, string[] values) =>
        _factory.CreateGauge(Info.MetricName, Info.Help, names, Configuration).WithLabels(values);
}
