namespace Herz.Resilience.Origins;

/// <summary>What work may begin in.</summary>
internal enum OriginKind
{
    /// <summary>A request to an endpoint.</summary>
    Endpoint,

    /// <summary>A request that rightly lasts: a stream, or a connection that was upgraded.</summary>
    Stream,

    /// <summary>Background work with a deadline.</summary>
    Work,

    /// <summary>Background work that rightly never ends.</summary>
    Loop,

    /// <summary>What the hosted services of the app begin, all of them together.</summary>
    Hosted,
}

internal static class OriginKinds
{
    /// <summary>Whether it runs for as long as the app does, so that what it begins has no end to be held against.</summary>
    public static bool IsEndless(this OriginKind kind) => kind is OriginKind.Loop or OriginKind.Hosted;
}
