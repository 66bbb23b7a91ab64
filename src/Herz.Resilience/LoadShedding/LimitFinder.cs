namespace Herz.Resilience.LoadShedding;

/// <summary>
/// Finds how many requests an endpoint can have in flight before more of them only wait. Fed with windows of finished
/// requests; not thread-safe, its owner holds a lock.
/// <para>
/// There is no limit until requests take much longer than they did. Then an experiment tells overload from a slower
/// dependency: half as many are let in flight, and only if requests become faster by that were they waiting for each other. What
/// they take then is the baseline, so it cannot drift with the overload (Netflix/concurrency-limits#37, failsafe-go#127),
/// and requests begun before the experiment do not count in it (envoyproxy/envoy#11579). While it limits, the limit
/// follows the gradient of baseline to measured time with room for a short queue, as Gradient2 of
/// Netflix/concurrency-limits does, and grows by a quarter where nothing waits (#35); the experiment is repeated, as BBR's
/// PROBE_RTT.
/// </para>
/// </summary>
internal sealed class LimitFinder
{
    /// <summary>The limit while there is none.</summary>
    public const int Unlimited = 1 << 30;

    private const double ShortestWindow = 0.05;
    private const double LongestWindow = 0.5;
    private const int EnoughToJudge = 8;
    private const int AlarmsInARow = 2;
    private const double AlarmRatio = 2;
    private const double AlarmSeconds = 0.020;
    private const double SureErrors = 3;

    private const double Headroom = 1.25;
    private const double Tolerance = 1.5;
    private const double StillAsSlow = 0.75;
    private const double QuietSeconds = 1;
    private const int TooManyCuts = 4;

    private const double DrainEvery = 5;
    private const double LongestBetweenDrains = 40;
    private const double DrainedShare = 0.65;
    private const double LongestDrain = 2;
    private const int Deepest = 2;
    private const double LongestBackOff = 64;

    private readonly Baseline _baseline = new();
    private LoadWindow _alarm;
    private double _limit = Unlimited;
    private double _perSecond;
    private double _notBefore = double.NegativeInfinity;
    private double _backOff = 1;
    private double _quiet;
    private double _nextDrain;
    private double _betweenDrains = DrainEvery;
    private bool _isTrial;
    private int _alarms;
    private int _cuts;
    private int _depth;

    public LimitPhase Phase { get; private set; }

    /// <summary>Whether an experiment has shown that requests wait for each other.</summary>
    public bool IsOverloaded { get; private set; }

    /// <summary>Whether it is being found out if requests wait for each other at all.</summary>
    public bool IsOnTrial => Phase == LimitPhase.Draining && _isTrial;

    /// <summary>How many may be in flight.</summary>
    public int Limit { get; private set; } = Unlimited;

    /// <summary>What a request takes while none waits for another, in seconds; NaN until one was measured.</summary>
    public double BaselineSeconds => _baseline.Seconds;

    /// <summary>How many are served in a second, for the time that a waiting one has to wait.</summary>
    public double Capacity => Math.Max(_perSecond, Limit / Math.Max(_baseline.Seconds * AlarmRatio, 1e-6));

    /// <summary>
    /// How long a window must at least be, in seconds: about as long as a request takes, so that it tells of the limit that
    /// there is and not of the one before.
    /// </summary>
    public double WindowSeconds => Math.Clamp(_baseline.Seconds, ShortestWindow, LongestWindow) is var seconds && seconds > 0 ? seconds : ShortestWindow;

    /// <inheritdoc cref="Baseline.ErrorOf"/>
    public double ErrorOf(in LoadWindow window) => Phase == LimitPhase.Draining ? _baseline.ErrorOf(window) : window.Error;

    /// <summary>How long a window of the experiment must be, so that it is not only the quick ones that end in it.</summary>
    public double DrainSeconds => Math.Max(0.1, 3 * _baseline.Seconds);

    public void Observe(in LoadWindow window)
    {
        _perSecond = _perSecond == 0 ? window.PerSecond : _perSecond + (0.3 * (window.PerSecond - _perSecond));
        switch (Phase)
        {
            case LimitPhase.Open:
                Watch(window);
                break;
            case LimitPhase.Draining:
                Judge(window);
                break;
            default:
                Steer(window);
                break;
        }
    }

    /// <summary>Ends an experiment for which the requests in flight do not become fewer; true if it did.</summary>
    public bool GiveUpDraining(double at)
    {
        if (Phase != LimitPhase.Draining || at - _alarm.At < LongestDrain)
        {
            return false;
        }

        Begin(at, Tolerance * _alarm.PerSecond * _baseline.Seconds);
        return true;
    }

    private void Watch(in LoadWindow window)
    {
        var slow = (AlarmRatio * _baseline.Seconds) + AlarmSeconds;
        var isSure = window.Mean - (SureErrors * window.Error) > slow || (window.GivenUp > window.Completed && window.Mean > slow);
        if (!isSure || window.Completed + window.GivenUp < EnoughToJudge || window.InFlight < 2)
        {
            _alarms = 0;
            _baseline.Learn(window);
        }
        else if (window.At < _notBefore)
        {
            _alarms = 0;
        }
        else if (++_alarms >= AlarmsInARow || window.Mean > 2 * slow)
        {
            _alarms = 0;
            _depth = 0;
            _isTrial = true;
            Drain(window, Math.Max(Headroom * window.PerSecond * _baseline.Seconds, window.InFlight / 2));
        }
    }

    private void Drain(in LoadWindow window, double limit)
    {
        _alarm = window;
        Phase = LimitPhase.Draining;
        Limit = (int)Math.Clamp(Math.Ceiling(limit), 1, Unlimited);
    }

    private void Judge(in LoadWindow drained)
    {
        var window = drained with { Error = ErrorOf(drained) };
        var isFaster = window.Completed > 0 && window.Mean + (1.5 * window.Error) < StillAsSlow * _alarm.Mean;
        var isSurelyNot = window.Completed > 0 && window.Mean - window.Error >= StillAsSlow * _alarm.Mean;
        if (!isFaster && !isSurelyNot && _isTrial && Limit > 1 && ++_depth <= Deepest)
        {
            Limit = (Limit + 1) / 2;
            return;
        }

        if (isFaster)
        {
            // A trial is cut short while some of the backlog is left, so it can only lower what is known.
            var before = _baseline.Seconds;
            _baseline.Correct(window, onlyDown: _isTrial);
            _betweenDrains = !_isTrial && before < Headroom * _baseline.Seconds && _baseline.Seconds < Headroom * before
                ? Math.Min(2 * _betweenDrains, LongestBetweenDrains)
                : DrainEvery;
            IsOverloaded = true;
            _backOff = 1;
            Begin(window.At, (Tolerance * _alarm.PerSecond * _baseline.Seconds) + 1);
            return;
        }

        // Fewer in flight made none of them faster: nothing was waiting, it takes longer now.
        _baseline.Replace(window);
        if (_isTrial)
        {
            _notBefore = window.At + _backOff;
            _backOff = Math.Min(_backOff * 2, LongestBackOff);
        }

        if (isSurelyNot && _isTrial)
        {
            Open();
        }
        else
        {
            Begin(window.At, _isTrial ? (AlarmRatio * _alarm.InFlight) + 1 : _limit);
        }
    }

    private void Open()
    {
        Phase = LimitPhase.Open;
        IsOverloaded = false;
        SetLimit(Unlimited);
    }

    private void Begin(double at, double limit)
    {
        Phase = LimitPhase.Limiting;
        SetLimit(limit);
        _quiet = 0;
        _cuts = 0;
        _nextDrain = at + _betweenDrains;
    }

    private void Steer(in LoadWindow window)
    {
        // Whatever waits makes requests slower, so they can take no longer than this on their own.
        _baseline.Correct(window with { Error = _baseline.ErrorOf(window) }, onlyDown: true);
        var gradient = Math.Clamp(Tolerance * _baseline.Seconds / window.Mean, 0.5, 1);
        var isUnhurt = window.Mean - window.Error < Headroom * _baseline.Seconds;
        var room = !window.HitLimit ? 0 : isUnhurt ? Math.Max(2, _limit / 2) : Math.Max(1, Math.Sqrt(_limit) / 2);
        SetLimit((_limit + (_limit * gradient) + room) / 2);
        _cuts = gradient < 0.75 ? _cuts + 1 : 0;
        _quiet = window.HitLimit || window.InFlight > 0.8 * _limit ? 0 : _quiet + window.Seconds;
        if (_quiet >= QuietSeconds)
        {
            Open();
        }
        else if ((_cuts >= TooManyCuts && window.HitLimit) || (window.Refused && !isUnhurt && window.At >= _nextDrain))
        {
            // The mean tells of a time when the limit was another; what requests take now follows from Little's law.
            _isTrial = false;
            Drain(window with { Mean = Math.Min(window.Mean, _limit / Math.Max(_perSecond, 1e-6)) }, Math.Min(_limit / 2, DrainedShare * _perSecond * _baseline.Seconds));
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

    /// <summary>The experiment: few in flight, to see what a request takes then.</summary>
    Draining,

    /// <summary>The limit follows what is measured.</summary>
    Limiting,
}
