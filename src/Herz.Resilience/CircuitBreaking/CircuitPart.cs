namespace Herz.Resilience.CircuitBreaking;

/// <summary>The guard's data for one endpoint. Built once per configuration; the circuit is kept.</summary>
/// <param name="Plan">The plan it was built from.</param>
/// <param name="Circuit">The circuit; null if the endpoint has none.</param>
/// <param name="Remedy">Why the circuit only observes and how to enforce it; null if it is enforced.</param>
internal sealed record CircuitPart(CircuitPlan Plan, Circuit? Circuit, string? Remedy)
{
    private int _isRemedyLogged;

    /// <summary>True for the first caller only.</summary>
    public bool TakeRemedyLog() => Interlocked.Exchange(ref _isRemedyLogged, 1) == 0;
}
