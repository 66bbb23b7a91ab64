using System.Globalization;
using Herz.Resilience.CircuitBreaking.Evidence;

namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>
/// Opens slowly when the failure ratio stays too high: above the limit in each of at least six consecutive slices of the sampling
/// duration, and with confidence in all of them together. A slice has at least 20 requests, so it lasts longer at low rates.
/// The confidence is Chernoff's bound for the binomial tail (Hoeffding 1963), with an error below 1e-8. A run of failures counts as
/// fewer independent requests: their number is divided by the mean length of a run. Not thread-safe.
/// </summary>
/// <param name="sampling">The time during which the ratio must be exceeded without a break.</param>
/// <param name="throughput">The minimum number of requests in all slices together.</param>
/// <param name="usual">The usual failure ratio of this endpoint; this rule updates it.</param>
/// <param name="frequency">Clock ticks per second.</param>
internal sealed class SustainedRule(TimeSpan sampling, int throughput, UsualRatio usual, long frequency) : ICircuitRule
{
    private const int Slices = 6;
    private const int MinSliceRequests = 20;
    private const int MaxStretch = 10;
    private const double Confidence = 20;

    private readonly long _slice = (long)(sampling.TotalSeconds * frequency / Slices);
    private Tally _current;
    private Tally _above;
    private int _slices;
    private bool _failing;

    public UsualRatio Usual => usual;

    public RuleVerdict Record(bool success, long now, in RequestSource source)
    {
        var verdict = _current.Requests >= MinSliceRequests && now - _current.Since >= _slice ? EndSlice(now) : RuleVerdict.Closed;
        if (_current.Requests == 0)
        {
            _current.Since = now;
        }

        _current.Requests++;
        _current.Sources.Add(source, !success);
        if (!success)
        {
            _current.Failures++;
            _current.Runs += _failing ? 0 : 1;
        }

        _failing = !success;
        return verdict;
    }

    public void Reset()
    {
        _current = default;
        _above = default;
        _slices = 0;
        _failing = false;
    }

    public string Explain(long now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{_above.Failures} of {_above.Requests} requests failed in {(double)(now - _above.Since) / frequency:0} s, always above {usual.Unusual:0.###} (usual here: {usual.Value:0.###})");

    public string Describe() => _above.Sources.ToString();

    private RuleVerdict EndSlice(long now)
    {
        var ticks = now - _current.Since;
        var ratio = (double)_current.Failures / _current.Requests;
        var isAbove = ratio > usual.Unusual;
        if (!isAbove || ticks > MaxStretch * Slices * _slice)
        {
            _above = default;
            _slices = 0;
        }

        if (isAbove)
        {
            _above.Add(_current);
            _slices++;
        }

        var verdict = Judge(now);
        usual.Learn(ratio, ticks);
        _current = default;
        return verdict;
    }

    private RuleVerdict Judge(long now)
    {
        if (_slices < Slices || _above.Requests < throughput || now - _above.Since < Slices * _slice)
        {
            return RuleVerdict.Closed;
        }

        var independent = (double)_above.Requests * Math.Max(_above.Runs, 1) / _above.Failures;
        if (independent * Divergence((double)_above.Failures / _above.Requests, usual.Unusual) < Confidence)
        {
            return RuleVerdict.Closed;
        }

        return _above.Sources.IsAbove(usual.Unusual) ? RuleVerdict.Open : RuleVerdict.Concentrated;
    }

    // The Kullback-Leibler divergence of two coins: n times this bounds -ln of the probability to see the ratio by chance.
    private static double Divergence(double seen, double limit)
    {
        if (limit >= 1 || seen <= limit)
        {
            return 0;
        }

        return (seen * Math.Log(seen / limit)) + (seen < 1 ? (1 - seen) * Math.Log((1 - seen) / (1 - limit)) : 0);
    }

    private struct Tally
    {
        public long Since;
        public long Requests;
        public long Failures;
        public long Runs;
        public SourceSpread Sources;

        public void Add(in Tally slice)
        {
            Since = Requests == 0 ? slice.Since : Since;
            Requests += slice.Requests;
            Failures += slice.Failures;
            Runs += slice.Runs;
            Sources.Add(slice.Sources);
        }
    }
}
