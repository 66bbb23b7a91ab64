namespace Herz.Resilience.Pipeline;

/// <summary>The importance of a request when not all can be served.</summary>
public enum RequestPriority : byte
{
    /// <summary>Refused first under overload.</summary>
    Sheddable,

    /// <summary>The priority of most requests.</summary>
    Default,

    /// <summary>Refused last under overload.</summary>
    Critical,
}
