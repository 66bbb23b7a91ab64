using System.Diagnostics.Metrics;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Health;

internal sealed class HealthMetrics
{
    private readonly int[] _answers = [-1, -1, -1];
    private readonly Histogram<double> _duration;

    public HealthMetrics(HerzMeter meter)
    {
        _duration = meter.Create(static meter => meter.CreateHistogram(
            "herz.health.check.duration", "s", "Total time of the app's checks for a probe.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 5] }));
        meter.Create(meter => meter.CreateObservableGauge("herz.health.probe", Read, unit: null, "Last answer of each probe: 1 passed, 0 failed."));
    }

    public static string NameOf(ProbeKind kind) => kind switch
    {
        ProbeKind.Live => "live",
        ProbeKind.Startup => "startup",
        _ => "ready",
    };

    public void Answered(ProbeKind kind, bool passed) => Volatile.Write(ref _answers[(int)kind], passed ? 1 : 0);

    public void Checked(ProbeKind kind, TimeSpan duration) =>
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("probe", NameOf(kind)));

    private IEnumerable<Measurement<int>> Read() =>
        [.. Enum.GetValues<ProbeKind>().Where(kind => _answers[(int)kind] >= 0).Select(kind =>
            new Measurement<int>(_answers[(int)kind], new KeyValuePair<string, object?>("probe", NameOf(kind))))];
}
