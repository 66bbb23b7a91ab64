namespace Herz.Resilience.Tool.Recording;

/// <summary>The end of one request. Times are nanoseconds from the beginning of the run.</summary>
/// <param name="Template">Index of the request's template.</param>
/// <param name="IntendedNs">When it was to start; latency counts from here.</param>
/// <param name="EndNs">When its outcome was known.</param>
/// <param name="Status">HTTP status, or 0 without an answer.</param>
/// <param name="Failure">Why there is no answer.</param>
/// <param name="RefusalType">The problem type of a refusal (429, 503, 504), or null.</param>
internal readonly record struct Completion(int Template, long IntendedNs, long EndNs, int Status, Failure Failure, string? RefusalType)
{
    /// <summary>An answer that is not an error.</summary>
    public bool IsSuccess => Failure == Failure.None && Status is >= 100 and < 400;

    /// <summary>The server said no on purpose: over a limit, overloaded, or too late.</summary>
    public bool IsRefusal => Failure == Failure.None && IsRefusalStatus(Status);

    /// <summary>From the intended start to the outcome.</summary>
    public long LatencyNs => EndNs - IntendedNs;

    /// <summary>Whether a status is one of the three by which a server refuses.</summary>
    public static bool IsRefusalStatus(int status) => status is 429 or 503 or 504;
}
