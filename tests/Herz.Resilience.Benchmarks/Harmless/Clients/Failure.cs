namespace Herz.Resilience.Benchmarks.Harmless.Clients;

/// <summary>What a client can hold against an answer.</summary>
internal enum Failure
{
    /// <summary>A 5xx, or the gRPC status of one.</summary>
    ServerError,

    /// <summary>A 429, or RESOURCE_EXHAUSTED.</summary>
    Limited,

    /// <summary>Another status than the app means to send.</summary>
    Status,

    /// <summary>No answer, or one that ended early.</summary>
    Cut,

    /// <summary>The right status with a body or headers that are not the app's.</summary>
    Body,

    /// <summary>Right, but so late that the client is harmed.</summary>
    Slow,
}
