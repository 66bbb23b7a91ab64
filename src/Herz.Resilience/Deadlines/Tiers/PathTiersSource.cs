using Herz.Resilience.Pipeline.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.Deadlines.Tiers;

/// <summary>Caches the <see cref="PathTiers"/> of the plan in force. Rebuilds them when the endpoints of the app change.</summary>
internal sealed class PathTiersSource(IServiceProvider services, TimeProvider time)
{
    private volatile Cached? _cached;

    /// <summary>Null if the app configures no paths other than those of its endpoints, so that its requests need no lookup.</summary>
    public PathTiers? Of(DeadlinePlan plan)
    {
        if (plan.Routes.Count == 0)
        {
            return null;
        }

        var cached = _cached;
        if (cached is null || cached.Plan != plan || cached.Endpoints is { HasChanged: true })
        {
            _cached = cached = Build(plan);
        }

        return cached.Tiers;
    }

    private Cached Build(DeadlinePlan plan)
    {
        var source = services.GetService<EndpointDataSource>();
        var token = source?.GetChangeToken();
        var patterns = (source?.Endpoints ?? []).OfType<RouteEndpoint>()
            .Select(static endpoint => RoutePatterns.Normalize(endpoint.RoutePattern.RawText))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var tiers = plan.Routes
            .Where(route => !route.Key.Contains('{', StringComparison.Ordinal) || !patterns.Contains(route.Key))
            .ToDictionary(static route => route.Key, route => Compile(plan, route.Key, route.Value));
        return new Cached(plan, token, tiers.Count == 0 ? null : new PathTiers(tiers, services.GetService<ParameterPolicyFactory>()));
    }

    private RouteTier Compile(DeadlinePlan plan, string pattern, RouteDeadlineOptions route)
    {
        var (times, source) = plan.Of(route);
        var ticks = source == TierSource.None ? long.MaxValue : (long)(times.Api.TotalSeconds * time.TimestampFrequency);
        return new RouteTier(plan, times, source, ticks, new RouteState(pattern, pattern, time));
    }

    private sealed record Cached(DeadlinePlan Plan, IChangeToken? Endpoints, PathTiers? Tiers);
}
