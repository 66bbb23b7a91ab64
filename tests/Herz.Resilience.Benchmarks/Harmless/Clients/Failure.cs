namespace Herz.Resilience.Benchmarks.Harmless.Clients;

/// <summary>Kinds of failures that a client counts.</summary>
internal enum Failure
{
    /// <summary>A 5xx, or the corresponding gRPC status.</summary>
    ServerError,

    /// <summary>A 429, or RESOURCE_EXHAUSTED.</summary>
    Limited,

    /// <summary>Any other unexpected status.</summary>
    Status,

    /// <summary>No answer, or an incomplete one.</summary>
    Cut,

    /// <summary>The right status with a wrong body or missing headers.</summary>
    Body,

    /// <summary>A correct answer that is too late for the client.</summary>
    Slow,
}
