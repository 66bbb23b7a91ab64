namespace Herz.Resilience.CircuitBreaking;

/// <summary>Excludes an endpoint from circuit breaking.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class DisableHerzCircuitBreakingAttribute : Attribute;
