using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Refusals;
using Herz.Resilience.RateLimiting.Buckets;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>Creates refusals with the fields of draft-ietf-httpapi-ratelimit-headers and the problem details of RFC 9457.</summary>
internal sealed class LimitRefusals(string policy)
{
    public const string PolicyHeader = "RateLimit-Policy";
    public const string LimitHeader = "RateLimit";

    private readonly KeyValuePair<string, string[]>[] _extensions = [new("violated-policies", [policy])];
    private Refusal? _first;

    public Refusal Of(LimitBuckets buckets, ulong key, long timestamp, TimeSpan retryAfter)
    {
        var limit = buckets.LimitField(key, timestamp);
        var refusal = new Refusal
        {
            Guard = GuardPlace.RateLimiting.Name(),
            Rule = policy,
            StatusCode = StatusCodes.Status429TooManyRequests,
            Type = ProblemTypes.QuotaExceeded,
            Title = "Too many requests.",
            Detail = "Wait for the time in Retry-After before the next request.",
            RetryAfter = retryAfter,
            Extensions = _extensions,
            SameAs = _first,
            WriteHeaders = headers =>
            {
                headers[PolicyHeader] = buckets.PolicyField;
                headers[LimitHeader] = limit;
            },
        };
        _first ??= refusal;
        return refusal;
    }
}
