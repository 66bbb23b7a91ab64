namespace Herz.Resilience.Tool.Recording;

/// <summary>
/// Collects the outcomes of a run after its warm-up. The engine's one thread writes; others read <see cref="Latest"/>.
/// </summary>
internal sealed class Recorder
{
    private const long SecondNs = 1_000_000_000;

    private readonly long _warmUpNs;
    private readonly long _sloNs;
    private readonly LatencyHistogram _sliceLatencies = new(2);
    private long _sliceEndNs;
    private long _offered;
    private long _ok;
    private long _good;
    private long _refused;
    private long _failed;
    private long _pending;
    private LiveState _latest = new(0, 0, new Slice());

    /// <summary>Makes an empty recorder.</summary>
    /// <param name="templates">How many request templates the run has.</param>
    /// <param name="warmUp">Requests that were to start before this are left out.</param>
    /// <param name="slo">Objective that a good answer keeps.</param>
    public Recorder(int templates, TimeSpan warmUp, TimeSpan slo)
    {
        _warmUpNs = warmUp.Ticks * TimeSpan.NanosecondsPerTick;
        _sloNs = slo == Timeout.InfiniteTimeSpan ? long.MaxValue : slo.Ticks * TimeSpan.NanosecondsPerTick;
        _sliceEndNs = _warmUpNs + SecondNs;
        PerTemplate = templates > 1 ? [.. Enumerable.Range(0, templates).Select(_ => new Tally())] : [];
    }

    /// <summary>Everything after the warm-up.</summary>
    public Tally Total { get; } = new();

    /// <summary>The same for each template; empty when there is one only.</summary>
    public IReadOnlyList<Tally> PerTemplate { get; }

    /// <summary>The run over time.</summary>
    public Timeline Timeline { get; } = new();

    /// <summary>How long after its intended start the engine came to each request: the generator's own error.</summary>
    public LatencyHistogram ScheduleError { get; } = new();

    /// <summary>Requests that had to wait for a connection.</summary>
    public long HeldBackCount { get; private set; }

    /// <summary>Time in which the engine had nothing to do.</summary>
    public long SleptNs { get; private set; }

    /// <summary>Most requests without an outcome at one time.</summary>
    public long PeakPending { get; private set; }

    /// <summary>Answers and failures in the warm-up, so that a target that never answers is seen.</summary>
    public (long Answered, long Failed) WarmUp { get; private set; }

    /// <summary>The newest second, for a screen on another thread.</summary>
    public LiveState Latest => Volatile.Read(ref _latest);

    /// <summary>Notes that a request's time has come.</summary>
    /// <param name="intendedNs">When it was to start.</param>
    /// <param name="nowNs">When the engine came to it.</param>
    public void Offered(long intendedNs, long nowNs)
    {
        _pending++;
        if (intendedNs >= _warmUpNs)
        {
            _offered++;
            PeakPending = Math.Max(PeakPending, _pending);
            ScheduleError.Record(nowNs - intendedNs);
        }
    }

    /// <summary>Notes that it has to wait for a connection.</summary>
    public void HeldBack(long intendedNs) => HeldBackCount += intendedNs >= _warmUpNs ? 1 : 0;

    /// <summary>Notes time in which the engine had nothing to do.</summary>
    public void Slept(long nanoseconds) => SleptNs += nanoseconds;

    /// <summary>Notes the outcome.</summary>
    public void Completed(in Completion done)
    {
        Tick(done.EndNs);
        _pending--;
        if (done.IntendedNs < _warmUpNs)
        {
            WarmUp = done.Failure == Failure.None ? (WarmUp.Answered + 1, WarmUp.Failed) : (WarmUp.Answered, WarmUp.Failed + 1);
            return;
        }

        Total.Add(done, _sloNs);
        if (PerTemplate.Count > 0)
        {
            PerTemplate[done.Template].Add(done, _sloNs);
        }

        _sliceLatencies.Record(done.LatencyNs);
        if (done.IsSuccess)
        {
            _ok++;
            _good += done.LatencyNs <= _sloNs ? 1 : 0;
        }
        else if (done.IsRefusal)
        {
            _refused++;
        }
        else
        {
            _failed++;
        }
    }

    /// <summary>Closes the seconds that have passed.</summary>
    public void Tick(long nowNs)
    {
        while (nowNs >= _sliceEndNs)
        {
            Close(_sliceEndNs);
            _sliceEndNs += SecondNs;
        }
    }

    /// <summary>Closes the last, perhaps shorter, slice.</summary>
    public void Finish(long nowNs)
    {
        Tick(nowNs);
        var begin = _sliceEndNs - SecondNs;
        if (nowNs > begin && (_offered > 0 || _sliceLatencies.Count > 0))
        {
            Close(nowNs);
        }
    }

    private void Close(long endNs)
    {
        var begin = _sliceEndNs - SecondNs;
        var slice = new Slice
        {
            From = (begin - _warmUpNs) / (double)SecondNs,
            Seconds = (endNs - begin) / (double)SecondNs,
            Offered = _offered,
            Ok = _ok,
            Good = _good,
            Refused = _refused,
            Failed = _failed,
            Pending = _pending,
            Latencies = _sliceLatencies.ToCounts(),
        };
        Timeline.Add(slice);
        Volatile.Write(ref _latest, new LiveState(Total.Requests, endNs, slice));
        _sliceLatencies.Reset();
        _offered = _ok = _good = _refused = _failed = 0;
    }
}
