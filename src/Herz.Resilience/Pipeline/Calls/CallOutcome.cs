namespace Herz.Resilience.Pipeline.Calls;

/// <summary>The outcome of one attempt, as every guard sees it.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Ended">The timestamp of the end; for HTTP of the headers.</param>
/// <param name="RetryAfter">How long the dependency asks to wait; null if it does not.</param>
/// <param name="Status">The HTTP status; 0 without an answer or for a call of another kind.</param>
internal readonly record struct CallOutcome(CallResult Result, long Ended, TimeSpan? RetryAfter = null, int Status = 0)
{
    /// <summary>Whether the dependency did not do its work. A caller that gave up shows nothing.</summary>
    public bool IsFailure => Result is CallResult.Error or CallResult.Unavailable or CallResult.Throttled or CallResult.TimedOut;
}

/// <summary>How an attempt ended.</summary>
internal enum CallResult : byte
{
    /// <summary>The dependency did its work; also an answer that blames the caller, such as 404.</summary>
    Ok,

    /// <summary>It processed the call and failed, such as a 500.</summary>
    Error,

    /// <summary>It could not be reached, the connection broke, or a proxy answered for it (502, 503).</summary>
    Unavailable,

    /// <summary>It refused to work now: 429, a 503 with <c>Retry-After</c>, or RESOURCE_EXHAUSTED.</summary>
    Throttled,

    /// <summary>It took too long: a timeout of the connection, 408, 504, DEADLINE_EXCEEDED.</summary>
    TimedOut,

    /// <summary>The caller gave up, which shows nothing about the dependency.</summary>
    Cancelled,

    /// <summary>A guard refused it, so it was not sent.</summary>
    Refused,
}
