namespace Herz.Resilience;

/// <summary>How far a guard goes.</summary>
public enum EnforcementMode
{
    /// <summary>Decides, counts and refuses.</summary>
    Enforce,

    /// <summary>Decides and counts what it would have refused, and refuses nothing.</summary>
    Observe,

    /// <summary>Does nothing at all.</summary>
    Off,
}
