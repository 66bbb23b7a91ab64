namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>The decision of a rule on the outcomes so far.</summary>
internal enum RuleVerdict
{
    /// <summary>The circuit stays closed.</summary>
    Closed,

    /// <summary>The circuit must open.</summary>
    Open,

    /// <summary>The circuit would open, but only few paths or clients fail while the others succeed.</summary>
    Concentrated,
}
