namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>A rule that can open a closed circuit. Not thread-safe.</summary>
internal interface ICircuitRule
{
    /// <summary>The numbers behind the last verdict, as one clause.</summary>
    string Explain(long now);

    /// <summary>The number of paths and clients that fail.</summary>
    string Describe();
}
