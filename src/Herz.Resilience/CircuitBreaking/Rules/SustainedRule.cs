using System.Globalization;
using Herz.Resilience.CircuitBreaking.Evidence;

namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>
/// Opens slowly where the failure ratio stays too high: above the limit in each of at least six parts of the sampling duration, one
/// after the other, and in all of them together with confidence. A part has at least 20 requests, so at low rates it takes longer.
/// Confidence is Chernoff's bound for the binomial tail (Hoeffding 1963), with an error below 1e-8; requests that fail
/// in runs are fewer independent ones, so their number is divided by the mean length of a run. Not thread-safe.
/// </summary>
/// <param name="sampling">The time throughout which the ratio must be exceeded.</param>
/// <param name="throughput">The fewest requests in all parts together.</param>
/// <param name="usual">What is usual for this endpoint; learned here.</param>
/// <param name="frequency">Ticks of the clock in a second.</param>
internal sealed class SustainedRule(TimeSpan sampling, int throughput, UsualRatio usual, long frequency) : ICircuitRule
{
    private const int Parts = 6;
    private const int PartRequests = 20;
    private const int LongestPart = 10;
    private const double Confidence = 20;

    private readonly long _part = (long)(sampling.TotalSeconds * frequency / Parts);
    private Tally _current;
    private Tally _above;
    private int _parts;
    private bool _failing;

    public UsualRatio Usual => usual;

    public RuleVerdict Record(bool success, long now, in RequestSource source)
    {
        var verdict = _current.Requests >= PartRequests && now - _current.Since >= _part ? EndPart(now) : RuleVerdict.Closed;
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
        _parts = 0;
        _failing = false;
    }

    public string Explain(long now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{_above.Failures} of {_above.Requests} requests failed in {(double)(now - _above.Since) / frequency:0} s, throughout above {usual.Unusual:0.###} (usual here is {usual.Value:0.###})");

    public string Describe() => _above.Sources.ToString();

    private RuleVerdict EndPart(long now)
    {
        var ticks = now - _current.Since;
        var ratio = (double)_current.Failures / _current.Requests;
        var isAbove = ratio > usual.Unusual;
        if (!isAbove || ticks > LongestPart * Parts * _part)
        {
            _above = default;
            _parts = 0;
        }

        if (isAbove)
        {
            _above.Add(_current);
            _parts++;
        }

        var verdict = Judge(now);
        usual.Learn(ratio, ticks);
        _current = default;
        return verdict;
    }

    private RuleVerdict Judge(long now)
    {
        if (_parts < Parts || _above.Requests < throughput || now - _above.Since < Parts * _part)
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

    // Kullback and Leibler's divergence of two coins: n times it bounds -ln of the chance to see the ratio by luck.
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

        public void Add(in Tally part)
        {
            Since = Requests == 0 ? part.Since : Since;
            Requests += part.Requests;
            Failures += part.Failures;
            Runs += part.Runs;
            Sources.Add(part.Sources);
        }
    }
}
