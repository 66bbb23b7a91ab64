using Herz.Resilience.Configuration;
using Herz.Resilience.Hosting;
using Herz.Resilience.Pipeline.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>Every policy that an endpoint names must be configured: an endpoint that is thought to be limited and is not is worse than a failed start.</summary>
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
                $"a policy, since it is named by the endpoint {endpoints.First()}; configured are {string.Join(", ", known)}");
        }
    }
}
