namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>One rule by which a closed circuit opens. Not thread-safe.</summary>
internal interface ICircuitRule
{
    /// <summary>The numbers that decided, as one clause.</summary>
    string Explain(long now);

    /// <summary>Over how many paths and clients the failures are spread.</summary>
    string Describe();
}
