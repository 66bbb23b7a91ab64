namespace Herz.Resilience.CircuitBreaking;

/// <summary>What the guard knows of an endpoint; compiled once per configuration, but for the circuit, which stays.</summary>
/// <param name="Plan">The configuration it was compiled from.</param>
/// <param name="Circuit">The circuit; null where the endpoint has none.</param>
/// <param name="Remedy">Where the circuit only observes: why, and what enforces it. Null where it is enforced.</param>
internal sealed record CircuitPart(CircuitPlan Plan, EndpointCircuit? Circuit, string? Remedy)
{
    private int _isRemedyLogged;

    /// <summary>True for the first caller only.</summary>
    public bool TakeRemedyLog() => Interlocked.Exchange(ref _isRemedyLogged, 1) == 0;
}
