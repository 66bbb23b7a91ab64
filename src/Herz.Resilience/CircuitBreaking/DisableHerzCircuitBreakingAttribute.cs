namespace Herz.Resilience.CircuitBreaking;

/// <summary>Leaves an endpoint without a circuit breaker.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class DisableHerzCircuitBreakingAttribute : Attribute;
