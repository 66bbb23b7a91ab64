using Microsoft.Extensions.Logging;
using Prometheus;

namespace Herz.Resilience.Metrics.Series;

/// <summary>Counters: increments are added; an observed total raises the counter to its value.</summary>
internal sealed class CounterSink(InstrumentInfo info, CollectorRegistry registry, int maxSeries, Counter.Child rejected, ILogger logger)
    : SeriesSink<Counter.Child>(info, maxSeries, rejected, logger)
{
    private static readonly CounterConfiguration Configuration = new()
    {
        SuppressInitialValue = true,
        ExemplarBehavior = ExemplarBehavior.NoExemplars(),
    };

    private readonly MetricFactory _factory = Prometheus.Metrics.WithCustomRegistry(registry);

    protected override bool Accepts(double value) => value >= 0 && double.IsFinite(value);

    protected override void Apply(Series series, double value)
    {
        if (Info.Kind == MetricKind.ObservedCounter)
        {
            series.Child.IncTo(value);
        }
        else
        {
            series.Child.Inc(value);
        }
    }

    protected override Counter.Child CreateChild(string[] names, string[] values) =>
        _factory.CreateCounter(Info.MetricName, Info.Help, names, Configuration).WithLabels(values);
}
