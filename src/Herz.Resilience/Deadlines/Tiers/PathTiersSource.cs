using Herz.Resilience.Pipeline.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.Deadlines.Tiers;

/// <summary>Keeps the <see cref="PathTiers"/> of the plan in force; made again when the app has changed its endpoints.</summary>
internal sealed class PathTiersSource(IServiceProvider services, TimeProvider time)
{
    private volatile Known? _known;

    /// <summary>Null for an app that configures no path but those of its endpoints: its requests cost nothing here.</summary>
    public PathTiers? Of(DeadlinePlan plan)
    {
        if (plan.Routes.Count == 0)
        {
            return null;
        }

        var known = _known;
        if (known is null || known.Plan != plan || known.Endpoints is { HasChanged: true })
        {
            _known = known = Make(plan);
        }

        return known.Tiers;
    }

    private Known Make(DeadlinePlan plan)
    {
        var source = services.GetService<EndpointDataSource>();
        var token = source?.GetChangeToken();
        var taken = (source?.Endpoints ?? []).OfType<RouteEndpoint>()
            .Select(static endpoint => RoutePatterns.Normalize(endpoint.RoutePattern.RawText))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var tiers = plan.Routes
            .Where(route => !route.Key.Contains('{', StringComparison.Ordinal) || !taken.Contains(route.Key))
            .ToDictionary(static route => route.Key, route => Compile(plan, route.Key, route.Value));
        return new Known(plan, token, tiers.Count == 0 ? null : new PathTiers(tiers, services.GetService<ParameterPolicyFactory>()));
    }

    private RouteTier Compile(DeadlinePlan plan, string pattern, RouteDeadlineOptions route)
    {
        var (times, source) = plan.Of(route);
        var ticks = source == TierSource.None ? long.MaxValue : (long)(times.Api.TotalSeconds * time.TimestampFrequency);
        return new RouteTier(plan, times, source, ticks, new RouteWatch(pattern, pattern, time));
    }

    private sealed record Known(DeadlinePlan Plan, IChangeToken? Endpoints, PathTiers? Tiers);
}
