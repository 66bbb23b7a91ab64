using Herz.Resilience.Configuration;
using Herz.Resilience.Hosting;
using Herz.Resilience.Pipeline.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>Checks that each policy named by an endpoint is configured. An endpoint without its intended limit is worse than a failed start.</summary>
internal sealed class LimitNamesCheck(IServiceProvider services) : IPlanCheck
{
    public void Check(HerzOptions options, ConfigurationErrors errors)
    {
        ICollection<string> known = options.RateLimiting.Policies.Count > 0 ? options.RateLimiting.Policies.Keys : [LimitPlan.DefaultName];
        var unknown = (from endpoint in services.GetService<EndpointDataSource>()?.Endpoints ?? []
                       from limit in endpoint.Metadata.GetOrderedMetadata<HerzRateLimitAttribute>()
                       where !known.Contains(limit.Policy, StringComparer.OrdinalIgnoreCase)
                       group endpoint.DisplayName ?? RoutePatterns.Normalize((endpoint as RouteEndpoint)?.RoutePattern.RawText) by limit.Policy).ToList();
        foreach (var endpoints in unknown)
        {
            errors.Add(
                $"RateLimiting:Policies:{endpoints.Key}",
                null,
                $"a policy, since the endpoint {endpoints.First()} names it; configured policies: {string.Join(", ", known)}");
        }
    }
}
