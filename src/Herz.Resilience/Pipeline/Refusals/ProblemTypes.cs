namespace Herz.Resilience.Pipeline.Refusals;

/// <summary>The problem types of refusals. The first two are from draft-ietf-httpapi-ratelimit-headers.</summary>
internal static class ProblemTypes
{
    public const string QuotaExceeded = "https://iana.org/assignments/http-problem-types#quota-exceeded";
    public const string TemporaryReducedCapacity = "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity";
    public const string DeadlineExceeded = "urn:herz:problem:deadline-exceeded";
    public const string CircuitOpen = "urn:herz:problem:circuit-open";
}
