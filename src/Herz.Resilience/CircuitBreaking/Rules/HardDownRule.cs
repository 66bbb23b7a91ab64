using System.Globalization;
using Herz.Resilience.CircuitBreaking.Evidence;

namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>
/// Opens fast when most requests fail. A cumulative sum (Page, <i>Continuous inspection schemes</i>, Biometrika 1954) adds one for a
/// failure, subtracts one for a success and never goes below zero, so it rises only when at least half of the requests fail. It must
/// reach 24, and requests must still fail 2.25 seconds after it reached three: a blip of two seconds or a few bursts of errors do not
/// open the circuit. At low request rates, 15 is enough after 30 seconds.
/// Not thread-safe.
/// </summary>
/// <param name="frequency">Clock ticks per second.</param>
internal sealed class HardDownRule(long frequency) : ICircuitRule
{
    private const int Evidence = 24;
    private const int EvidenceAfterLong = 15;
    private const int Started = 3;
    private const int StillFailing = 3;
    private const int MinSliceRequests = 16;

    private readonly long _minDuration = frequency * 9 / 4;
    private readonly long _slice = frequency * 2;
    private readonly long _long = frequency * 30;
    private int _score;
    private int _late;
    private bool _hasStarted;
    private long _startedAt;
    private long _since;
    private long _last;
    private long _requests;
    private long _failures;
    private SourceSpread _recent;
    private SourceSpread _older;
    private int _recentCount;
    private long _recentSince;

    public RuleVerdict Record(bool success, long now, in RequestSource source)
    {
        if (_score > 0 && now - _last > _long)
        {
            Reset();
        }

        if (_score == 0)
        {
            if (success)
            {
                return RuleVerdict.Closed;
            }

            _since = _recentSince = now;
        }

        _last = Math.Max(_last, now);
        Track(success, now, source);
        return success ? Down() : Up(now);
    }

    public void Reset()
    {
        _score = 0;
        _late = 0;
        _hasStarted = false;
        _last = long.MinValue / 2;
        _requests = 0;
        _failures = 0;
        _recent = default;
        _older = default;
        _recentCount = 0;
    }

    public string Explain(long now) => string.Create(
        CultureInfo.InvariantCulture,
        $"the endpoint is down: {_failures} of {_requests} requests failed in {(double)(now - _since) / frequency:0.#} s");

    public string Describe() => Recent().ToString();

    private RuleVerdict Down()
    {
        if (--_score < Started)
        {
            _hasStarted = false;
            _late = 0;
        }

        if (_score == 0)
        {
            Reset();
        }

        return RuleVerdict.Closed;
    }

    private RuleVerdict Up(long now)
    {
        _score = Math.Min(_score + 1, Evidence);
        if (_score < Started)
        {
            return RuleVerdict.Closed;
        }

        if (!_hasStarted)
        {
            _hasStarted = true;
            _startedAt = now;
        }

        if (now - _startedAt >= _minDuration)
        {
            _late++;
        }

        var evidence = now - _startedAt >= _long ? EvidenceAfterLong : Evidence;
        return _score < evidence || _late < StillFailing ? RuleVerdict.Closed
            : Recent().IsMost ? RuleVerdict.Open
            : RuleVerdict.Concentrated;
    }

    // Two slices of at least two seconds each, so that old successes do not hide new failures.
    private void Track(bool success, long now, in RequestSource source)
    {
        if (_recentCount >= MinSliceRequests && now - _recentSince >= _slice)
        {
            _older = _recent;
            _recent = default;
            _recentCount = 0;
            _recentSince = now;
        }

        _recentCount++;
        _requests++;
        _failures += success ? 0 : 1;
        _recent.Add(source, !success);
    }

    private SourceSpread Recent()
    {
        var both = _recent;
        both.Add(_older);
        return both;
    }
}
