using Microsoft.Extensions.Logging;
using Prometheus;

namespace Herz.Resilience.Metrics.Series;

/// <summary>Histograms. A negative value is rejected: the sum would fall, which Prometheus interprets as a restart.</summary>
internal sealed class HistogramSink(InstrumentInfo info, CollectorRegistry registry, int maxSeries, Counter.Child rejected, ILogger logger)
    : SeriesSink<Histogram.Child>(info, maxSeries, rejected, logger)
{
    private readonly MetricFactory _factory = Prometheus.Metrics.WithCustomRegistry(registry);
    private readonly HistogramConfiguration _configuration = new()
    {
        Buckets = info.Buckets,
        SuppressInitialValue = true,
        ExemplarBehavior = ExemplarBehavior.NoExemplars(),
    };

    protected override bool Accepts(double value) => value >= 0 && double.IsFinite(value);

    protected override void Apply(Series series, double value) => series.Child.Observe(value);

    protected override Histogram.Child CreateChild(string[] names, string[] values) =>
        _factory.CreateHistogram(Info.MetricName, Info.Help, names, _configuration).WithLabels(values);
}
