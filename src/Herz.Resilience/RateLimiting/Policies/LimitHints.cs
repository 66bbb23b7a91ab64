using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>Logs once per policy what a limit does in this app and which key to set, for the person on call.</summary>
internal sealed class LimitHints(ILogger logger)
{
    private readonly ConcurrentDictionary<(string Policy, bool IsForwarded), bool> _logged = new();
    private int _builtInLogged;

    /// <summary>An observed policy would have refused a request.</summary>
    public void WouldHaveRefused(LimitPlan plan, LimitPolicy policy)
    {
        if (!plan.IsConfigured && Interlocked.Exchange(ref _builtInLogged, 1) == 0)
        {
            logger.BuiltInLimitExceeded(policy.Options.PermitsPerSecond, policy.Options.Burst);
        }
    }

    /// <summary>A policy has refused a request. If it is by address, many clients may share that address.</summary>
    public void Refused(LimitPlan plan, string name, HttpContext context)
    {
        if (!plan.IsByAddress(name))
        {
            return;
        }

        var headers = context.Request.Headers;
        var isForwarded = headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded");
        if (_logged.ContainsKey((name, isForwarded)) || !_logged.TryAdd((name, isForwarded), true))
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
