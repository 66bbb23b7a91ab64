namespace Herz.Resilience.Pipeline;

/// <summary>How much a request matters when not all can be served.</summary>
public enum RequestPriority : byte
{
    /// <summary>Refused first under overload.</summary>
    Sheddable,

    /// <summary>What most requests are.</summary>
    Default,

    /// <summary>Refused last under overload.</summary>
    Critical,
}
