using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Deadlines.Framework;

/// <summary>What the app has said to the framework's request timeouts about an endpoint; the same rules as theirs.</summary>
internal sealed class FrameworkTimeouts(IOptionsMonitor<RequestTimeoutOptions> options)
{
    /// <summary>The policy for every endpoint without one of its own; null if there is none.</summary>
    public TimeSpan? Default => options.CurrentValue.DefaultPolicy is { } policy ? policy.Timeout ?? Timeout.InfiniteTimeSpan : null;

    /// <summary>
    /// The time that an endpoint itself names: infinite for none, null if it names nothing. A policy that does not exist is
    /// reported by the framework, and is none here.
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
