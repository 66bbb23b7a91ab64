using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>What is logged once, so that the person on call knows what a limit means here and which key to set.</summary>
internal sealed class LimitHints(ILogger logger)
{
    private readonly ConcurrentDictionary<(string Policy, bool IsForwarded), bool> _said = new();
    private int _builtIn;

    /// <summary>A policy that only observes would have refused a request.</summary>
    public void WouldHaveRefused(LimitPlan plan, LimitPolicy policy)
    {
        if (!plan.IsConfigured && Interlocked.Exchange(ref _builtIn, 1) == 0)
        {
            logger.BuiltInLimitExceeded(policy.Options.PermitsPerSecond, policy.Options.Burst);
        }
    }

    /// <summary>A policy has refused a request; by client, it may have refused many clients for one.</summary>
    public void Refused(LimitPlan plan, string name, HttpContext context)
    {
        if (!plan.IsByAddress(name))
        {
            return;
        }

        var headers = context.Request.Headers;
        var isForwarded = headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded");
        if (_said.ContainsKey((name, isForwarded)) || !_said.TryAdd((name, isForwarded), true))
        {
            return;
        }

        if (isForwarded)
        {
            logger.ForwardedAddressUnprocessed(name, context.Connection.RemoteIpAddress);
        }
        else
        {
            logger.ClientRefused(name, context.Connection.RemoteIpAddress);
        }
    }
}
