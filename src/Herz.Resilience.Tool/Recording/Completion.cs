using Herz.Resilience.Tool.GrpcCalls;

namespace Herz.Resilience.Tool.Recording;

/// <summary>The outcome of one request. Times are in nanoseconds since the start of the run.</summary>
/// <param name="Template">Index of the request's template.</param>
/// <param name="IntendedNs">The intended start; latency counts from here.</param>
/// <param name="EndNs">The time of the outcome.</param>
/// <param name="Status">HTTP status or <see cref="GrpcStatus"/> number; 0 without an answer.</param>
/// <param name="Failure">The reason for a missing answer.</param>
/// <param name="RefusalType">The problem type of a refusal, or its gRPC status message; or null.</param>
internal readonly record struct Completion(int Template, long IntendedNs, long EndNs, int Status, Failure Failure, string? RefusalType)
{
    /// <summary>Whether the answer is a success.</summary>
    public bool IsSuccess => Failure == Failure.None && Status is (>= 100 and < 400) or GrpcStatus.First;

    /// <summary>Whether the server refused the request: over a limit, overloaded, or too late.</summary>
    public bool IsRefusal => Failure == Failure.None && IsRefusalStatus(Status);

    /// <summary>Time from the intended start to the outcome.</summary>
    public long LatencyNs => EndNs - IntendedNs;

    /// <summary>Whether a status means refusal: three HTTP statuses and three gRPC statuses.</summary>
    public static bool IsRefusalStatus(int status) =>
        status is 429 or 503 or 504 or GrpcStatus.ResourceExhausted or GrpcStatus.Unavailable or GrpcStatus.DeadlineExceeded;
}
