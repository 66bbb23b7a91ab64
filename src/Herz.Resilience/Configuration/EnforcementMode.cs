namespace Herz.Resilience;

/// <summary>Whether a guard refuses requests, only observes them, or is off.</summary>
public enum EnforcementMode
{
    /// <summary>Decides, counts and refuses.</summary>
    Enforce,

    /// <summary>Decides and counts what it would refuse, but refuses nothing.</summary>
    Observe,

    /// <summary>Does nothing at all.</summary>
    Off,
}
