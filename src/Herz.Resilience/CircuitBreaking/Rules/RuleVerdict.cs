namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>What a rule makes of the outcomes so far.</summary>
internal enum RuleVerdict
{
    /// <summary>The circuit stays closed.</summary>
    Closed,

    /// <summary>The circuit must open.</summary>
    Open,

    /// <summary>The circuit would open, but the failures come from few paths or clients while the others succeed.</summary>
    Concentrated,
}
