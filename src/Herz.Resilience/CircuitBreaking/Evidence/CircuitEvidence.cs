using Herz.Resilience.CircuitBreaking.Rules;

namespace Herz.Resilience.CircuitBreaking.Evidence;

/// <summary>
/// Evaluates the outcomes of an endpoint while its circuit is closed, with all applicable rules in parallel. The pure core:
/// outcomes and timestamps in, a verdict out. Not thread-safe; the owner holds a lock.
/// </summary>
internal sealed class CircuitEvidence
{
    private readonly WindowRule? _window;
    private readonly WindowRule? _slow;
    private readonly HardDownRule? _hardDown;
    private readonly SustainedRule? _sustained;
    private ICircuitRule? _decided;

    /// <param name="rules">The configured values.</param>
    /// <param name="frequency">Clock ticks per second.</param>
    /// <param name="usualRatio">The usual failure ratio learned earlier.</param>
    public CircuitEvidence(CircuitRules rules, long frequency, double usualRatio = 0)
    {
        if (rules.HasWindow)
        {
            _window = new WindowRule(rules, rules.WindowRatio, "failed", frequency);
        }
        else
        {
            _hardDown = new HardDownRule(frequency);
        }

        if (rules.SlowCallDuration is not null)
        {
            _slow = new WindowRule(rules, rules.SlowCallRatio, "were slow", frequency);
        }

        if (!rules.IsWindowAlone)
        {
            var usual = new UsualRatio(CircuitRules.UnconfiguredRatio, usualRatio, 3600 * frequency);
            _sustained = new SustainedRule(rules.Sampling, rules.MinimumThroughput ?? 0, usual, frequency);
        }
    }

    /// <summary>The usual failure ratio of the endpoint.</summary>
    public double UsualRatio => _sustained?.Usual.Value ?? 0;

    /// <summary>Whether a rule uses the sources of requests.</summary>
    public bool UsesSources => _sustained is not null;

    /// <summary>Counts an outcome.</summary>
    public RuleVerdict Record(bool success, long now, in RequestSource source, bool isSlow = false)
    {
        var slow = _slow?.Record(!isSlow, now) ?? RuleVerdict.Closed;
        var window = _window?.Record(success, now) ?? RuleVerdict.Closed;
        var hardDown = _hardDown?.Record(success, now, source) ?? RuleVerdict.Closed;
        var sustained = _sustained?.Record(success, now, source) ?? RuleVerdict.Closed;
        return window == RuleVerdict.Open ? Decide(window, _window!)
            : slow == RuleVerdict.Open ? Decide(slow, _slow!)
            : hardDown == RuleVerdict.Open ? Decide(hardDown, _hardDown!)
            : sustained != RuleVerdict.Closed ? Decide(sustained, _sustained!)
            : hardDown == RuleVerdict.Concentrated ? Decide(hardDown, _hardDown!)
            : RuleVerdict.Closed;
    }

    /// <summary>The numbers of the last verdict other than closed, as one clause.</summary>
    public string Explain(long now) => _decided?.Explain(now) ?? "";

    /// <summary>The sources of the failures of the last verdict <see cref="RuleVerdict.Concentrated"/>.</summary>
    public string Describe() => _decided?.Describe() ?? "";

    /// <summary>Resets all counts; the usual ratio of the endpoint is kept.</summary>
    public void Reset()
    {
        _window?.Reset();
        _slow?.Reset();
        _hardDown?.Reset();
        _sustained?.Reset();
    }

    private RuleVerdict Decide(RuleVerdict verdict, ICircuitRule rule)
    {
        _decided = rule;
        return verdict;
    }
}
