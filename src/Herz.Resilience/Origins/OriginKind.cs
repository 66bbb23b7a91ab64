namespace Herz.Resilience.Origins;

/// <summary>The kinds of origins in which work can start.</summary>
internal enum OriginKind
{
    /// <summary>A request to an endpoint.</summary>
    Endpoint,

    /// <summary>A request that may last long: a stream, or an upgraded connection.</summary>
    Stream,

    /// <summary>Background work with a deadline.</summary>
    Work,

    /// <summary>Background work that may never end.</summary>
    Loop,

    /// <summary>Work started by any hosted service of the app.</summary>
    Hosted,
}

internal static class OriginKinds
{
    /// <summary>Whether the origin runs as long as the app, so that its work has no expected end.</summary>
    public static bool IsEndless(this OriginKind kind) => kind is OriginKind.Loop or OriginKind.Hosted;
}
