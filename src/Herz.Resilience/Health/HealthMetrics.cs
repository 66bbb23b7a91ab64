using System.Diagnostics.Metrics;
using Herz.Resilience.Health.Probes;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Health;

internal sealed class HealthMetrics
{
    private readonly int[] _answers = [-1, -1, -1];
    private readonly HerzMeter _meter;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _transitions;

    public HealthMetrics(HerzMeter meter)
    {
        _meter = meter;
        _transitions = meter.Create(static meter => meter.CreateCounter<long>("herz.lifecycle.transitions", "{transition}", "Changes of the phase of the app."));
        _duration = meter.Create(static meter => meter.CreateHistogram(
            "herz.health.check.duration", "s", "Time of one run of a health check of the app.", tags: null,
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

    public void Checked(string check, TimeSpan duration) =>
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("check", check));

    public void ObservePhase(Func<LifecyclePhase> phase) => _meter.Create(meter => meter.CreateObservableGauge(
        "herz.lifecycle.phase", () => (int)phase(), unit: null, "Phase of the app: 0 initializing, 1 running, 2 draining, 3 stopped, 4 faulted."));

    public void PhaseChanged(LifecyclePhase to) => _transitions.Add(1, new KeyValuePair<string, object?>("to", to.ToString().ToLowerInvariant()));

    public void ObserveChecks(Func<IEnumerable<(string Name, CheckStatus Status)>> checks) => _meter.Create(meter => meter.CreateObservableGauge(
        "herz.health.check.state",
        () => checks().Select(static check => new Measurement<int>((int)check.Status, new KeyValuePair<string, object?>("check", check.Name))),
        unit: null,
        "State of each health check of the app: 0 healthy, 1 degraded, 2 unhealthy, 3 not run yet."));

    private IEnumerable<Measurement<int>> Read() =>
        [.. Enum.GetValues<ProbeKind>().Where(kind => _answers[(int)kind] >= 0).Select(kind =>
            new Measurement<int>(_answers[(int)kind], new KeyValuePair<string, object?>("probe", NameOf(kind))))];
}
