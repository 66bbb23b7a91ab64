using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Deadlines.Framework;

/// <summary>Reads the framework's request timeout of an endpoint, by the same rules as the framework.</summary>
internal sealed class FrameworkTimeouts(IOptionsMonitor<RequestTimeoutOptions> options)
{
    /// <summary>The timeout of the default policy: infinite if the policy has no timeout, null if there is no policy.</summary>
    public TimeSpan? Default => options.CurrentValue.DefaultPolicy is { } policy ? policy.Timeout ?? Timeout.InfiniteTimeSpan : null;

    /// <summary>
    /// The timeout set on the endpoint itself: infinite if it is disabled, null if none is set. A policy name that does not exist
    /// counts as not set; the framework reports it.
    /// </summary>
    public TimeSpan? Of(EndpointMetadataCollection metadata)
    {
        if (metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null)
        {
            return Timeout.InfiniteTimeSpan;
        }

        if (metadata.GetMetadata<RequestTimeoutPolicy>() is { } policy)
        {
            return policy.Timeout ?? Timeout.InfiniteTimeSpan;
        }

        return metadata.GetMetadata<RequestTimeoutAttribute>() switch
        {
            null => null,
            { Timeout: { } time } => time,
            { PolicyName: { } name } when options.CurrentValue.Policies.TryGetValue(name, out var named) => named.Timeout ?? Timeout.InfiniteTimeSpan,
            _ => null,
        };
    }
}
