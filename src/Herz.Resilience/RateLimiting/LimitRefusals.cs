using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.RateLimiting;

/// <summary>Says no in the words of draft-ietf-httpapi-ratelimit-headers and RFC 9457.</summary>
internal static class LimitRefusals
{
    public const string PolicyHeader = "RateLimit-Policy";
    public const string LimitHeader = "RateLimit";

    public static Refusal Of(LimitPolicy policy, ulong key, long timestamp, TimeSpan retryAfter)
    {
        var limit = policy.LimitField(key, timestamp);
        return new Refusal
        {
            Guard = GuardNames.RateLimiting,
            Rule = policy.Name,
            StatusCode = StatusCodes.Status429TooManyRequests,
            Type = ProblemTypes.QuotaExceeded,
            Title = "Too many requests.",
            Detail = "Wait for the time in Retry-After before the next request.",
            RetryAfter = retryAfter,
            Extensions = [new("violated-policies", new[] { policy.Name })],
            WriteHeaders = headers =>
            {
                headers[PolicyHeader] = policy.PolicyField;
                headers[LimitHeader] = limit;
            },
        };
    }
}
