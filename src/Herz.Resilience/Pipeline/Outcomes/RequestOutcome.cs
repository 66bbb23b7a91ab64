namespace Herz.Resilience.Pipeline.Outcomes;

/// <summary>How a request ended; one type for every guard.</summary>
/// <param name="Kind">The kind of ending.</param>
/// <param name="StatusCode">The status sent; 499 for a client that left before the answer began.</param>
/// <param name="EndTimestamp">When it ended, on the pipeline's clock; compare with <see cref="RequestScope.StartTimestamp"/>.</param>
/// <param name="ClientTicks">How much of that time was spent waiting for the client's body; nobody's time but the client's.</param>
internal readonly record struct RequestOutcome(OutcomeKind Kind, int StatusCode, long EndTimestamp, long ClientTicks = 0)
{
    /// <summary>Whether the endpoint, not the client or a guard, is at fault.</summary>
    public bool IsFailure => Kind is OutcomeKind.ServerError or OutcomeKind.DeadlineExceeded;
}

/// <summary>The kinds of ending of a request.</summary>
internal enum OutcomeKind
{
    /// <summary>The endpoint answered; also with a 4xx of its own.</summary>
    Ok,

    /// <summary>The endpoint threw or answered with a 5xx.</summary>
    ServerError,

    /// <summary>A guard refused the request.</summary>
    Refused,

    /// <summary>The deadline passed before the answer began.</summary>
    DeadlineExceeded,

    /// <summary>The client went away before the answer was complete.</summary>
    ClientGone,
}
