namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>
/// Finds how many requests an endpoint can have in flight before more of them only wait. Fed with windows of its
/// requests; not thread-safe, its owner holds a lock.
/// <para>
/// There is no limit until a <see cref="ContentionDetector"/> sees the symptom of contention and an <see cref="Experiment"/>
/// shows, twice in a row, that fewer in flight complete as many. It goes on with half as many until fewer are completed:
/// that is what the endpoint needs in flight, and what a request takes there is the baseline, so it cannot drift with the
/// overload (Netflix/concurrency-limits#37, failsafe-go#127). While it limits, the limit follows the gradient of baseline
/// to measured time with room for a short queue, as Gradient2 of Netflix/concurrency-limits does, and grows by a quarter
/// where nothing waits (#35); the experiment is repeated, as BBR's PROBE_RTT. Before it cuts, and every few seconds, it
/// lets in more for a moment: where throughput rises with them, as with a dependency that has become slower, the limit is
/// wrong and is lifted.
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

    /// <summary>Whether experiments have shown that requests wait for each other.</summary>
    public bool IsOverloaded { get; private set; }

    /// <summary>Whether it is not known yet if requests wait for each other at all: what is held then is not refused.</summary>
    public bool IsOnTrial => Phase == LimitPhase.Testing && !IsOverloaded;

    /// <summary>Whether nothing speaks for contention yet but the symptom.</summary>
    public bool IsUnproven => IsOnTrial && _confirmed == 0 && !_experiment.Leans;

    /// <summary>For how many seconds the experiment may hold a request.</summary>
    public double LongestHold => Math.Max(ShortestHold, HoldTimes * _watch.Growth.LastSeconds);

    /// <summary>Whether there is a reason to look closer at what the time of requests is spent on.</summary>
    public bool IsUnderSuspicion => Phase != LimitPhase.Open || _watch.IsGrowing;

    /// <summary>How many may be in flight.</summary>
    public int Limit { get; private set; } = Unlimited;

    /// <summary>What a request takes while none waits for another, in seconds; NaN until an overload was found.</summary>
    public double BaselineSeconds => _baseline.Seconds;

    /// <summary>How many are served in a second, for the time that a waiting one has to wait.</summary>
    public double Capacity => _baseline.Seconds > 0 ? Math.Max(_perSecond, Limit / (_baseline.Seconds * SlowRatio)) : _perSecond;

    /// <summary>How long a window must at least be, in seconds: about as long as a request takes, so that it shows the limit that there is.</summary>
    public double WindowSeconds => Math.Clamp(Phase == LimitPhase.Open ? 0 : _baseline.Seconds, ShortestWindow, LongestWindow) is var seconds && seconds > 0 ? seconds : ShortestWindow;

    /// <summary>Takes in a window, while no experiment runs.</summary>
    /// <param name="window">What was measured.</param>
    /// <param name="left">How many have ended on their own since ever.</param>
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

    /// <summary>Looks at the experiment that runs.</summary>
    /// <param name="at">The time in seconds.</param>
    /// <param name="left">How many have ended on their own since ever.</param>
    /// <param name="inFlight">How many are in flight.</param>
    /// <param name="isHolding">Whether some are held.</param>
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
                // Nobody is held then: the symptom must do.
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

    /// <summary>Lifts the limit, for there is no evidence for it any more.</summary>
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
        // Whatever waits makes requests slower, so they can take no longer than this on their own.
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

/// <summary>What a <see cref="LimitFinder"/> is doing.</summary>
internal enum LimitPhase
{
    /// <summary>Nothing waits; there is no limit.</summary>
    Open,

    /// <summary>The experiment: fewer in flight, to see whether as many are completed then.</summary>
    Testing,

    /// <summary>The limit follows what is measured.</summary>
    Limiting,
}
