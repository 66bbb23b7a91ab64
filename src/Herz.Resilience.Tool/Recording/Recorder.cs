namespace Herz.Resilience.Tool.Recording;

/// <summary>
/// Collects the outcomes of a run after its warm-up. The engine thread writes; other threads read <see cref="Latest"/>.
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

    /// <summary>Creates an empty recorder.</summary>
    /// <param name="templates">Number of request templates.</param>
    /// <param name="warmUp">Requests with an earlier intended start are not recorded.</param>
    /// <param name="slo">Maximum latency of a good answer.</param>
    public Recorder(int templates, TimeSpan warmUp, TimeSpan slo)
    {
        _warmUpNs = warmUp.Ticks * TimeSpan.NanosecondsPerTick;
        _sloNs = slo == Timeout.InfiniteTimeSpan ? long.MaxValue : slo.Ticks * TimeSpan.NanosecondsPerTick;
        _sliceEndNs = _warmUpNs + SecondNs;
        PerTemplate = templates > 1 ? [.. Enumerable.Range(0, templates).Select(_ => new Tally())] : [];
    }

    /// <summary>All requests after the warm-up.</summary>
    public Tally Total { get; } = new();

    /// <summary>Requests by template; empty if there is only one.</summary>
    public IReadOnlyList<Tally> PerTemplate { get; }

    /// <summary>The run over time.</summary>
    public Timeline Timeline { get; } = new();

    /// <summary>Delay of each request after its intended start, caused by the generator.</summary>
    public LatencyHistogram ScheduleError { get; } = new();

    /// <summary>Number of requests that waited for a connection.</summary>
    public long HeldBackCount { get; private set; }

    /// <summary>Idle time of the engine.</summary>
    public long SleptNs { get; private set; }

    /// <summary>Maximum number of requests without an outcome at one time.</summary>
    public long PeakPending { get; private set; }

    /// <summary>Answers and failures in the warm-up, to detect a target that never answers.</summary>
    public (long Answered, long Failed) WarmUp { get; private set; }

    /// <summary>The latest second, for a screen on another thread.</summary>
    public LiveState Latest => Volatile.Read(ref _latest);

    /// <summary>Records that a request is due.</summary>
    /// <param name="intendedNs">The intended start.</param>
    /// <param name="nowNs">The current time.</param>
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

    /// <summary>Records that a request waits for a connection.</summary>
    public void HeldBack(long intendedNs) => HeldBackCount += intendedNs >= _warmUpNs ? 1 : 0;

    /// <summary>Records idle time of the engine.</summary>
    public void Slept(long nanoseconds) => SleptNs += nanoseconds;

    /// <summary>Records an outcome.</summary>
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

    /// <summary>Closes all slices that have ended.</summary>
    public void Tick(long nowNs)
    {
        while (nowNs >= _sliceEndNs)
        {
            Close(_sliceEndNs);
            _sliceEndNs += SecondNs;
        }
    }

    /// <summary>Closes the last slice, which may be shorter.</summary>
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
