using System.Globalization;
using Herz.Resilience.CircuitBreaking.Evidence;

namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>
/// Opens fast where most requests fail. A cumulative sum (Page, <i>Continuous inspection schemes</i>, Biometrika 1954) counts one up
/// for a failure and one down for a success and never goes below zero, so it drifts up only where at least half fail. It must reach
/// 24, and the failures must still come 2.25 seconds after there were three more of them than successes: a blip of two seconds and
/// a few bursts of errors do not get there. Where requests are so rare that this would take long, 15 are enough after 30 seconds.
/// Not thread-safe.
/// </summary>
/// <param name="frequency">Ticks of the clock in a second.</param>
internal sealed class HardDownRule(long frequency) : ICircuitRule
{
    private const int Evidence = 24;
    private const int EvidenceOfLong = 15;
    private const int Started = 3;
    private const int StillFailing = 3;
    private const int Generation = 16;

    private readonly long _lasting = frequency * 9 / 4;
    private readonly long _generation = frequency * 2;
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
        $"it is down: {_failures} of {_requests} requests failed in {(double)(now - _since) / frequency:0.#} s");

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

        if (now - _startedAt >= _lasting)
        {
            _late++;
        }

        var evidence = now - _startedAt >= _long ? EvidenceOfLong : Evidence;
        return _score < evidence || _late < StillFailing ? RuleVerdict.Closed
            : Recent().IsMost ? RuleVerdict.Open
            : RuleVerdict.Concentrated;
    }

    // Two generations of at least two seconds, so that what succeeded long ago does not excuse what fails now.
    private void Track(bool success, long now, in RequestSource source)
    {
        if (_recentCount >= Generation && now - _recentSince >= _generation)
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
