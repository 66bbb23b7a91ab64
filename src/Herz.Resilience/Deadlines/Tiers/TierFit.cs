namespace Herz.Resilience.Deadlines.Tiers;

/// <summary>
/// The pure core of the default tier: measures whether it fits one endpoint, so that it can be enforced.
/// It fits after <see cref="RequiredAnswers"/> consecutive answers within half of the tier. At most <see cref="MaxPerMinute"/> answers per
/// minute count, so this takes at least two hours of traffic. A late answer restarts the count. The next run must then be
/// <see cref="RestartFactor"/> times as long as the longest run that a late answer has ended. Once the tier fits, it fits until the process ends.
/// </summary>
/// <remarks>
/// Reasons for these numbers: for an endpoint that is late at random once in 500 answers, a run of 7,200 has a probability of 1 in
/// 1.8 million; for once in 1,000 answers, 1 in 1,300. The longer runs required later keep the probability from adding up. A job that
/// is slow once an hour shows twice in two hours. Half of the tier leaves a margin: an endpoint that takes 700 of 800 ms could lose all
/// of its requests on one slow day.
/// </remarks>
internal sealed class TierFit
{
    public const int RequiredAnswers = 7_200;
    public const int MaxPerMinute = 60;
    public const int RestartFactor = 3;
    public const double CountedShare = 0.5;

    /// <summary>Time ignored after the first answer: compiling, connecting and filling caches are not typical of the endpoint.</summary>
    public static readonly TimeSpan StartupTime = TimeSpan.FromMinutes(1);

    /// <summary>An endpoint is reported as usually late after at least this time, this number of late answers, and this share of all answers.</summary>
    public static readonly TimeSpan MinObservation = TimeSpan.FromMinutes(5);
    public const int MinLateAnswers = 20;
    public const double MinLateShare = 0.01;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _tier;
    private readonly long _tierTicks;
    private readonly long _countedTicks;
    private readonly long _minuteTicks;
    private LateTimes? _late;
    private long _skipUntil = long.MinValue;
    private long _startedUp = long.MinValue;
    private long _minute;
    private int _inMinute;
    private long _run;
    private long _longestRun;
    private long _answers;
    private volatile bool _isMeasured;
    private bool _hasStarted;
    private bool _isReported;

    public TierFit(TimeSpan tier, TimeProvider time)
    {
        _time = time;
        _tier = tier;
        _tierTicks = Ticks(tier);
        _countedTicks = Ticks(tier * CountedShare);
        _minuteTicks = Ticks(TimeSpan.FromMinutes(1));
    }

    /// <summary>Whether the tier has been measured to fit.</summary>
    public bool IsMeasured => _isMeasured;

    /// <summary>The number of consecutive answers required now.</summary>
    public long RequiredNow => Math.Max(RequiredAnswers, RestartFactor * Volatile.Read(ref _longestRun));

    /// <summary>Records a successful answer of the endpoint.</summary>
    /// <param name="duration">Its duration in ticks of the clock, without the time spent waiting for the client.</param>
    /// <param name="now">A timestamp of the clock.</param>
    /// <param name="late">A summary of the late answers; set with <see cref="FitChange.UsuallyLate"/>.</param>
    public FitChange Record(long duration, long now, out LateSummary late)
    {
        late = default;
        if (_isMeasured)
        {
            return FitChange.None;
        }

        // May miss updates under contention; it only serves to compute a share.
        _answers++;
        if (duration > _tierTicks)
        {
            return RecordLate(duration, now, ref late);
        }

        // Avoids the lock for most answers of a busy endpoint.
        return duration > _countedTicks || now < Volatile.Read(ref _skipUntil) ? FitChange.None : RecordInTime(now);
    }

    private FitChange RecordInTime(long now)
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

            if (++_inMinute == MaxPerMinute)
            {
                Volatile.Write(ref _skipUntil, _minute + _minuteTicks);
            }

            _isMeasured = ++_run >= RequiredNow;
            return _isMeasured ? FitChange.Measured : FitChange.None;
        }
    }

    private FitChange RecordLate(long duration, long now, ref LateSummary summary)
    {
        lock (_lock)
        {
            if (_isMeasured || IsStartingUp_NeedsLock(now))
            {
                return FitChange.None;
            }

            _longestRun = Math.Max(_longestRun, _run);
            _run = 0;
            if (_isReported)
            {
                return FitChange.None;
            }

            var late = _late ??= new LateTimes(_tier);
            late.Add(_time.GetElapsedTime(0, duration));
            if (late.Count < MinLateAnswers || late.Count < MinLateShare * _answers || now - _startedUp < Ticks(MinObservation))
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
            _startedUp = now + Ticks(StartupTime);
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

/// <summary>The change caused by one answer.</summary>
internal enum FitChange
{
    None,

    /// <summary>The tier has been measured to fit.</summary>
    Measured,

    /// <summary>The endpoint is late too often for the tier to fit. Reported once.</summary>
    UsuallyLate,
}

/// <summary>The late answers of an endpoint.</summary>
/// <param name="Share">Their share of all answers.</param>
/// <param name="Median">Their median duration.</param>
/// <param name="Percentile99">The 99th percentile of their durations.</param>
internal readonly record struct LateSummary(double Share, TimeSpan Median, TimeSpan Percentile99);
