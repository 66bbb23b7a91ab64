namespace Herz.Resilience.CircuitBreaking.Recovery;

/// <summary>What the outcome of a probe means for a half-open circuit.</summary>
internal enum RampVerdict
{
    /// <summary>It stays half-open.</summary>
    Continue,

    /// <summary>It closes.</summary>
    Close,

    /// <summary>It opens again.</summary>
    Open,
}
