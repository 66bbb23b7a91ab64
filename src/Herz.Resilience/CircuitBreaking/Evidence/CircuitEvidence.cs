using Herz.Resilience.CircuitBreaking.Rules;

namespace Herz.Resilience.CircuitBreaking.Evidence;

/// <summary>
/// What the outcomes of an endpoint say of it while its circuit is closed: the rules that apply, side by side. A pure core:
/// outcomes and timestamps in, a verdict out. Not thread-safe; its owner holds a lock.
/// </summary>
internal sealed class CircuitEvidence
{
    private readonly WindowRule? _window;
    private readonly HardDownRule? _hardDown;
    private readonly SustainedRule? _sustained;
    private ICircuitRule? _decided;

    /// <param name="rules">What is configured.</param>
    /// <param name="frequency">Ticks of the clock in a second.</param>
    /// <param name="usualRatio">The usual failure ratio that was learned before.</param>
    public CircuitEvidence(CircuitRules rules, long frequency, double usualRatio = 0)
    {
        if (rules.HasWindow)
        {
            _window = new WindowRule(rules, frequency);
        }
        else
        {
            _hardDown = new HardDownRule(frequency);
        }

        if (!rules.IsWindowAlone)
        {
            var usual = new UsualRatio(CircuitRules.UnconfiguredRatio, usualRatio, 3600 * frequency);
            _sustained = new SustainedRule(rules.Sampling, rules.MinimumThroughput ?? 0, usual, frequency);
        }
    }

    /// <summary>The usual failure ratio of the endpoint.</summary>
    public double UsualRatio => _sustained?.Usual.Value ?? 0;

    /// <summary>Whether a rule looks at where requests come from.</summary>
    public bool UsesSources => _sustained is not null;

    /// <summary>Counts an outcome.</summary>
    public RuleVerdict Record(bool success, long now, in RequestSource source)
    {
        var window = _window?.Record(success, now) ?? RuleVerdict.Closed;
        var hardDown = _hardDown?.Record(success, now, source) ?? RuleVerdict.Closed;
        var sustained = _sustained?.Record(success, now, source) ?? RuleVerdict.Closed;
        return window == RuleVerdict.Open ? Decide(window, _window!)
            : hardDown == RuleVerdict.Open ? Decide(hardDown, _hardDown!)
            : sustained != RuleVerdict.Closed ? Decide(sustained, _sustained!)
            : hardDown == RuleVerdict.Concentrated ? Decide(hardDown, _hardDown!)
            : RuleVerdict.Closed;
    }

    /// <summary>The numbers of the last verdict other than closed, as one clause.</summary>
    public string Explain(long now) => _decided?.Explain(now) ?? "";

    /// <summary>Over how few sources the failures of the last verdict "concentrated" are spread.</summary>
    public string Describe() => _decided?.Describe() ?? "";

    /// <summary>Begins anew; what is usual for the endpoint stays known.</summary>
    public void Reset()
    {
        _window?.Reset();
        _hardDown?.Reset();
        _sustained?.Reset();
    }

    private RuleVerdict Decide(RuleVerdict verdict, ICircuitRule rule)
    {
        _decided = rule;
        return verdict;
    }
}
