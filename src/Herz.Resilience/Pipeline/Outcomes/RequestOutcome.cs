namespace Herz.Resilience.Pipeline.Outcomes;

/// <summary>How a request ended; the same type for every guard.</summary>
/// <param name="Kind">How the request ended.</param>
/// <param name="StatusCode">The status sent; 499 if the client left.</param>
/// <param name="EndTimestamp">When it ended, on the pipeline's clock; compare with <see cref="RequestScope.StartTimestamp"/>.</param>
/// <param name="ClientTicks">The part of that time spent waiting for the client's body, in clock ticks.</param>
internal readonly record struct RequestOutcome(OutcomeKind Kind, int StatusCode, long EndTimestamp, long ClientTicks = 0)
{
    /// <summary>Whether the fault is the endpoint's, not the client's or a guard's.</summary>
    public bool IsFailure => Kind is OutcomeKind.ServerError or OutcomeKind.DeadlineExceeded;
}

/// <summary>The ways in which a request can end.</summary>
internal enum OutcomeKind
{
    /// <summary>The endpoint answered, including with its own 4xx.</summary>
    Ok,

    /// <summary>The endpoint threw or answered with a 5xx.</summary>
    ServerError,

    /// <summary>A guard refused the request.</summary>
    Refused,

    /// <summary>The deadline passed before the answer started.</summary>
    DeadlineExceeded,

    /// <summary>The client left before the answer was complete.</summary>
    ClientGone,
}
