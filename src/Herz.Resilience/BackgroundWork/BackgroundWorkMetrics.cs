using System.Diagnostics.Metrics;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.BackgroundWork;

internal sealed class BackgroundWorkMetrics(HerzMeter meter)
{
    private static readonly string[] s_outcomes = ["succeeded", "cancelled", "timed_out", "failed", "abandoned"];

    // Started and ended count runs, so their difference is what runs under a name: the load of a worker, and its leak.
    private readonly Counter<long> _started = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.background.started", "{work}", "Background work that has started."));

    private readonly Counter<long> _ended = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.background.ended", "{work}", "Background work that has started and no longer runs, whatever its outcome; abandoned work when it really ends."));

    private readonly Counter<long> _completed = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.background.work", "{work}", "Background work by outcome; abandoned work is counted once, when its grace period ends."));

    private readonly Counter<long> _rejected = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.background.rejected", "{work}", "Background work that was not accepted."));

    private readonly Histogram<double> _duration = meter.Create(static meter => meter.CreateHistogram(
        "herz.background.duration", "s", "Run time of background work.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300] }));

    public void Observe(Func<(int Running, int Waiting)> read)
    {
        meter.Create(meter => meter.CreateObservableGauge("herz.background.running", () => read().Running, "{work}", "Background work that runs now."));
        meter.Create(meter => meter.CreateObservableGauge("herz.background.waiting", () => read().Waiting, "{work}", "Background work that waits now."));
    }

    /// <summary>Whether anybody counts runs; without a listener, a run need not be reported.</summary>
    public bool CountsRuns => _started.Enabled || _ended.Enabled;

    public void Started(string name) => _started.Add(1, new KeyValuePair<string, object?>("name", name));

    public void Ended(string name) => _ended.Add(1, new KeyValuePair<string, object?>("name", name));

    public void Rejected(string name) => _rejected.Add(1, new KeyValuePair<string, object?>("name", name));

    public void Completed(WorkItem item, WorkOutcome outcome, TimeProvider time)
    {
        _completed.Add(1, new("name", item.Name), new("outcome", s_outcomes[(int)outcome]));
        if (_duration.Enabled && item.HasStarted)
        {
            _duration.Record(time.GetElapsedTime(item.StartTimestamp).TotalSeconds, new KeyValuePair<string, object?>("name", item.Name));
        }
    }
}
