using Herz.Resilience.Tool.GrpcCalls;

namespace Herz.Resilience.Tool.Recording;

/// <summary>The end of one request. Times are nanoseconds from the beginning of the run.</summary>
/// <param name="Template">Index of the request's template.</param>
/// <param name="IntendedNs">When it was to start; latency counts from here.</param>
/// <param name="EndNs">When its outcome was known.</param>
/// <param name="Status">HTTP status, or a number of <see cref="GrpcStatus"/>; 0 without an answer.</param>
/// <param name="Failure">Why there is no answer.</param>
/// <param name="RefusalType">The problem type of a refusal, or what a gRPC server said with it; or null.</param>
internal readonly record struct Completion(int Template, long IntendedNs, long EndNs, int Status, Failure Failure, string? RefusalType)
{
    /// <summary>An answer that is not an error.</summary>
    public bool IsSuccess => Failure == Failure.None && Status is (>= 100 and < 400) or GrpcStatus.First;

    /// <summary>The server said no on purpose: over a limit, overloaded, or too late.</summary>
    public bool IsRefusal => Failure == Failure.None && IsRefusalStatus(Status);

    /// <summary>From the intended start to the outcome.</summary>
    public long LatencyNs => EndNs - IntendedNs;

    /// <summary>Whether a status is one of the three by which a server refuses, or one of gRPC's three.</summary>
    public static bool IsRefusalStatus(int status) =>
        status is 429 or 503 or 504 or GrpcStatus.ResourceExhausted or GrpcStatus.Unavailable or GrpcStatus.DeadlineExceeded;
}
