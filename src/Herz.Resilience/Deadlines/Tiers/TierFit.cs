namespace Herz.Resilience.Deadlines.Tiers;

/// <summary>
/// The pure core of a tier that nobody configured: whether it has been measured to fit one endpoint, so that it may be enforced.
/// It fits after <see cref="Wanted"/> answers in a row within half of the tier, of which at most <see cref="AMinute"/> in a minute
/// count, so over two hours of traffic at least. An answer that is late starts the count anew, and the next run must be
/// <see cref="Patience"/> times as long as any that a late answer has ended. Once it fits, it does so for good.
/// </summary>
/// <remarks>
/// Why these numbers. Of an endpoint that is late once in 500 answers at random, a run of 7,200 is a chance of 1 in 1.8 million;
/// at once in 1,000, of 1 in 1,300, and the longer runs asked for later keep the chance from adding up. Two hours have a job in
/// them that is slow once an hour, twice. Half of the tier leaves room: an endpoint at 700 ms of 800 is one slow day away from
/// being cut off as a whole.
/// </remarks>
internal sealed class TierFit
{
    public const int Wanted = 7_200;
    public const int AMinute = 60;
    public const int Patience = 3;
    public const double Room = 0.5;

    /// <summary>From the first answer on: compiling, connecting and filling caches say nothing about the endpoint.</summary>
    public static readonly TimeSpan StartUp = TimeSpan.FromMinutes(1);

    /// <summary>An endpoint is reported as usually late after this time, with this many late answers, and this share of all.</summary>
    public static readonly TimeSpan LateFor = TimeSpan.FromMinutes(5);
    public const int LateAtLeast = 20;
    public const double LateShare = 0.01;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _tier;
    private readonly long _tierTicks;
    private readonly long _roomTicks;
    private readonly long _minuteTicks;
    private LateTimes? _late;
    private long _skipUntil = long.MinValue;
    private long _startedUp = long.MinValue;
    private long _minute;
    private int _inMinute;
    private long _run;
    private long _longest;
    private long _answers;
    private volatile bool _isMeasured;
    private bool _hasStarted;
    private bool _isReported;

    public TierFit(TimeSpan tier, TimeProvider time)
    {
        _time = time;
        _tier = tier;
        _tierTicks = Ticks(tier);
        _roomTicks = Ticks(tier * Room);
        _minuteTicks = Ticks(TimeSpan.FromMinutes(1));
    }

    /// <summary>Whether the tier has been measured to fit.</summary>
    public bool IsMeasured => _isMeasured;

    /// <summary>How many answers in a row are wanted now.</summary>
    public long WantedNow => Math.Max(Wanted, Patience * Volatile.Read(ref _longest));

    /// <summary>A successful answer of the endpoint.</summary>
    /// <param name="took">How long it took, in ticks of the clock, without the time that its client took.</param>
    /// <param name="now">A timestamp of the clock.</param>
    /// <param name="late">What is known of the late answers, with <see cref="FitChange.UsuallyLate"/>.</param>
    public FitChange Answered(long took, long now, out LateSummary late)
    {
        late = default;
        if (_isMeasured)
        {
            return FitChange.None;
        }

        // Not exact under contention: only a share is taken of it.
        _answers++;
        if (took > _tierTicks)
        {
            return Late(took, now, ref late);
        }

        // Most answers of a busy endpoint end here, without a lock.
        return took > _roomTicks || now < Volatile.Read(ref _skipUntil) ? FitChange.None : InTime(now);
    }

    private FitChange InTime(long now)
    {
        lock (_lock)
        {
            if (_isMeasured || IsStartingUp_NeedsLock(now) || now < _skipUntil)
            {
                return FitChange.None;
            }

            if (now - _minute >= _minuteTicks)
            {
                _minute = now;
                _inMinute = 0;
            }

            if (++_inMinute == AMinute)
            {
                Volatile.Write(ref _skipUntil, _minute + _minuteTicks);
            }

            _isMeasured = ++_run >= WantedNow;
            return _isMeasured ? FitChange.Measured : FitChange.None;
        }
    }

    private FitChange Late(long took, long now, ref LateSummary summary)
    {
        lock (_lock)
        {
            if (_isMeasured || IsStartingUp_NeedsLock(now))
            {
                return FitChange.None;
            }

            _longest = Math.Max(_longest, _run);
            _run = 0;
            if (_isReported)
            {
                return FitChange.None;
            }

            var late = _late ??= new LateTimes(_tier);
            late.Add(_time.GetElapsedTime(0, took));
            if (late.Count < LateAtLeast || late.Count < LateShare * _answers || now - _startedUp < Ticks(LateFor))
            {
                return FitChange.None;
            }

            _isReported = true;
            _late = null;
            summary = new LateSummary(Math.Min(1, (double)late.Count / _answers), late.Quantile(0.5), late.Quantile(0.99));
            return FitChange.UsuallyLate;
        }
    }

    private bool IsStartingUp_NeedsLock(long now)
    {
        if (_startedUp == long.MinValue)
        {
            _startedUp = now + Ticks(StartUp);
            Volatile.Write(ref _skipUntil, _startedUp);
        }

        if (now < _startedUp)
        {
            return true;
        }

        if (!_hasStarted)
        {
            _hasStarted = true;
            _answers = 1;
        }

        return false;
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);
}

/// <summary>What an answer changed.</summary>
internal enum FitChange
{
    None,

    /// <summary>The tier has been measured to fit.</summary>
    Measured,

    /// <summary>The endpoint is late too often to be measured; reported once.</summary>
    UsuallyLate,
}

/// <summary>The late answers of an endpoint.</summary>
/// <param name="Share">Their share of all answers.</param>
/// <param name="Median">Half of them took no longer.</param>
/// <param name="Most">99 % of them took no longer.</param>
internal readonly record struct LateSummary(double Share, TimeSpan Median, TimeSpan Most);
