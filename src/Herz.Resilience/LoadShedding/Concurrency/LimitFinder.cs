namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>
/// Finds the number of requests in flight above which an endpoint only makes them wait. Takes windows of its requests. Not
/// thread-safe; its owner holds a lock.
/// <para>
/// There is no limit until a <see cref="ContentionDetector"/> sees the symptom of contention and an <see cref="Experiment"/>
/// shows twice in a row that throughput stays the same with fewer in flight. The experiment halves the number until throughput
/// falls: this is the number that the endpoint needs, and the time of a request there is the baseline, so it cannot drift with
/// the overload (Netflix/concurrency-limits#37, failsafe-go#127). Then the limit follows the ratio of baseline to
/// measured time with room for a short queue, as Gradient2 of Netflix/concurrency-limits does, and grows by a quarter when
/// nothing waits (#35); the experiment is repeated, as PROBE_RTT of BBR. Before it lowers the limit, and every few seconds, a
/// <see cref="RaiseTrial"/> admits more for a moment: if throughput rises, as with a dependency that has become slower, the
/// limit is wrong and is lifted.
/// </para>
/// </summary>
internal sealed class LimitFinder
{
    /// <summary>The limit while there is none.</summary>
    public const int Unlimited = 1 << 30;

    private const double ShortestWindow = 0.05;
    private const double LongestWindow = 0.5;
    private const int Confirmations = 2;
    private const double SlowByNature = 1;
    private const double ShortestHold = 2;
    private const double HoldTimes = 4;

    private const double Headroom = 1.25;
    private const double Tolerance = 1.5;
    private const double SlowRatio = 2;
    private const double QuietSeconds = 1;
    private const int TooManyCuts = 4;
    private const double RaiseTo = 1.5;
    private const double FirstRaise = 0.5;
    private const double RaiseEvery = 5;

    private const double RepeatEvery = 5;
    private const double LongestBetween = 40;

    private readonly Baseline _baseline = new();
    private readonly ContentionDetector _watch = new();
    private readonly Experiment _experiment = new();
    private readonly RaiseTrial _raise = new();
    private double _limit = Unlimited;
    private double _perSecond;
    private double _found;
    private double _quiet;
    private double _nextRepeat;
    private double _between = RepeatEvery;
    private double _nextRaise;
    private int _confirmed;
    private int _cuts;

    public LimitPhase Phase { get; private set; }

    /// <summary>Whether experiments have proven contention.</summary>
    public bool IsOverloaded { get; private set; }

    /// <summary>Whether contention is not proven yet: held requests are not refused then.</summary>
    public bool IsOnTrial => Phase == LimitPhase.Testing && !IsOverloaded;

    /// <summary>Whether the symptom is the only evidence so far.</summary>
    public bool IsUnproven => IsOnTrial && _confirmed == 0 && !_experiment.Leans;

    /// <summary>Maximum seconds for which the experiment may hold a request.</summary>
    public double LongestHold => Math.Max(ShortestHold, HoldTimes * _watch.Growth.LastSeconds);

    /// <summary>Whether the start of answers must be recorded, to separate the time of clients.</summary>
    public bool IsUnderSuspicion => Phase != LimitPhase.Open || _watch.IsGrowing;

    /// <summary>Maximum number in flight.</summary>
    public int Limit { get; private set; } = Unlimited;

    /// <summary>The time of a request without contention, in seconds; NaN until an overload was found.</summary>
    public double BaselineSeconds => _baseline.Seconds;

    /// <summary>Requests served per second, to estimate waiting times.</summary>
    public double Capacity => _baseline.Seconds > 0 ? Math.Max(_perSecond, Limit / (_baseline.Seconds * SlowRatio)) : _perSecond;

    /// <summary>Minimum length of a window in seconds: about the time of a request, so that it shows the effect of the current limit.</summary>
    public double WindowSeconds => Math.Clamp(Phase == LimitPhase.Open ? 0 : _baseline.Seconds, ShortestWindow, LongestWindow) is var seconds && seconds > 0 ? seconds : ShortestWindow;

    /// <summary>Takes a window while no experiment runs.</summary>
    /// <param name="window">The window.</param>
    /// <param name="left">Number of requests that have ended on their own since the process started.</param>
    public void Observe(in LoadWindow window, long left)
    {
        _perSecond = _perSecond == 0 ? window.PerSecond : _perSecond + (0.3 * (window.PerSecond - _perSecond));
        if (Phase == LimitPhase.Limiting)
        {
            Steer(window, left);
        }
        else if (_watch.IsSuspicious(window))
        {
            _watch.Examined(window.At, window.After);
            _confirmed = 0;
            _experiment.Begin(window.At, left, window.After, _watch.Growth);
            Test();
        }
    }

    /// <summary>Checks the running experiment.</summary>
    /// <param name="at">The time in seconds.</param>
    /// <param name="left">Number of requests that have ended on their own since the process started.</param>
    /// <param name="inFlight">Number of requests in flight.</param>
    /// <param name="isHolding">Whether requests are held.</param>
    /// <param name="isObserved">Whether load shedding only observes.</param>
    public void Look(double at, long left, double inFlight, bool isHolding, bool isObserved)
    {
        switch (_experiment.Look(at, left, inFlight, isHolding))
        {
            case Finding.AsMany:
            case Finding.More when IsOverloaded:
                _confirmed += _experiment.IsDeep ? Confirmations : 1;
                _found = _experiment.Count > 0 ? _experiment.Seconds : _found;
                IsOverloaded |= _confirmed >= Confirmations;
                if (_experiment.Limit > 1)
                {
                    _experiment.Continue(at, left, IsOverloaded);
                    Test();
                    return;
                }

                End(at);
                break;
            case Finding.Unclear:
                _experiment.Continue(at, left, IsOverloaded);
                Test();
                break;
            case Finding.Fewer when IsOverloaded:
                _found = _experiment.Count > 0 ? _experiment.Seconds : _found;
                End(at);
                break;
            case Finding.NoneHeld when IsOverloaded:
                End(at);
                break;
            case Finding.NotDrained when isObserved:
                // Nothing is held in this mode, so the symptom has to be enough.
                IsOverloaded = true;
                _found = _watch.Growth.FirstSeconds;
                End(at);
                break;
            case Finding.None:
                break;
            default:
                Open();
                break;
        }
    }

    /// <summary>Lifts the limit: there is no evidence for it any more.</summary>
    public void Open()
    {
        Phase = LimitPhase.Open;
        IsOverloaded = false;
        _watch.Clear();
        _raise.Stop();
        SetLimit(Unlimited);
    }

    private void Test()
    {
        Phase = LimitPhase.Testing;
        Limit = _experiment.Limit;
    }

    private void End(double at)
    {
        IsOverloaded |= _confirmed > 0;
        var before = _baseline.Seconds;
        if (_found > 0)
        {
            _baseline.Correct(_found, Math.Max(_experiment.Count, 1));
        }

        if (!IsOverloaded || _baseline.Seconds >= SlowByNature)
        {
            Open();
            return;
        }

        _between = before < Headroom * _baseline.Seconds && _baseline.Seconds < Headroom * before ? Math.Min(2 * _between, LongestBetween) : RepeatEvery;
        Phase = LimitPhase.Limiting;
        SetLimit((Tolerance * _experiment.PerSecond * _baseline.Seconds) + 1);
        _watch.Confirmed();
        _perSecond = _experiment.PerSecond;
        _quiet = 0;
        _cuts = 0;
        _nextRepeat = at + _between;
        _nextRaise = at + FirstRaise;
        _raise.Stop();
    }

    private void Steer(in LoadWindow window, long left)
    {
        // Waiting only makes requests slower, so without it they cannot take longer than this.
        _baseline.CorrectDown(window);
        var error = _baseline.ErrorOf(window);
        var mean = window.Completed > 0 ? window.Mean : _limit / Math.Max(_perSecond, 1e-6);
        var isUnhurt = mean - error < Headroom * _baseline.Seconds;
        _quiet = window.HitLimit || window.InFlight > 0.8 * _limit ? 0 : _quiet + window.Seconds;
        if (_quiet >= QuietSeconds)
        {
            Open();
            return;
        }

        if (_raise.IsRunning)
        {
            Compare(window);
            return;
        }

        var gradient = Math.Clamp(Tolerance * _baseline.Seconds / mean, 0.5, 1);
        var isSlower = gradient < 0.75;
        if (window.HitLimit && ((isSlower && _cuts == 0) || window.At >= _nextRaise))
        {
            Raise(window.At, successes: 0);
            return;
        }

        var room = !window.HitLimit ? 0 : isUnhurt ? Math.Max(2, _limit / 2) : Math.Max(1, Math.Sqrt(_limit) / 2);
        SetLimit((_limit + (_limit * gradient) + room) / 2);
        _cuts = isSlower ? _cuts + 1 : 0;
        if (window.HitLimit && _perSecond > 0 && (_cuts >= TooManyCuts || (window.Refused && !isUnhurt && window.At >= _nextRepeat)))
        {
            _confirmed = 0;
            _found = double.NaN;
            _experiment.Begin(window.At, left, Math.Min(_limit, Math.Max(window.After, 2)), _perSecond);
            Test();
        }
    }

    private void Raise(double at, int successes)
    {
        _raise.Start(at, _limit, _perSecond, successes);
        SetLimit((RaiseTo * _limit) + 2);
    }

    private void Compare(in LoadWindow window)
    {
        switch (_raise.Observe(window))
        {
            case true when _raise.Successes > 0:
                Open();
                break;
            case true:
                _perSecond = _raise.Measured;
                Raise(window.At, successes: 1);
                break;
            case false:
                SetLimit(_raise.LimitBefore);
                _cuts = 1;
                _nextRaise = window.At + RaiseEvery;
                break;
            default:
                break;
        }
    }

    private void SetLimit(double limit)
    {
        _limit = Math.Clamp(limit, 1, Unlimited);
        Limit = (int)Math.Round(_limit);
    }
}

/// <summary>The phase of a <see cref="LimitFinder"/>.</summary>
internal enum LimitPhase
{
    /// <summary>There is no limit.</summary>
    Open,

    /// <summary>An experiment: fewer in flight, to see whether throughput stays the same.</summary>
    Testing,

    /// <summary>The limit follows the measured times.</summary>
    Limiting,
}
