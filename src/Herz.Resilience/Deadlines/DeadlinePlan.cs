using Herz.Resilience.Deadlines.Framework;
using Herz.Resilience.Deadlines.Tiers;
using Herz.Resilience.Pipeline.Endpoints;

namespace Herz.Resilience.Deadlines;

/// <summary>The tiers in force, indexed by route. Immutable; one per configuration.</summary>
internal sealed class DeadlinePlan
{
    private readonly IDictionary<string, TimeSpan> _tiers;
    private readonly bool _hasApi;
    private readonly Dictionary<string, RouteDeadlineOptions> _routes = new(StringComparer.OrdinalIgnoreCase);

    public DeadlinePlan(DeadlinesOptions options, EnforcementMode mode)
    {
        Mode = mode;
        _tiers = options.Tiers;
        _hasApi = options.Tiers.Keys.Contains(DeadlineTier.Api, StringComparer.OrdinalIgnoreCase);
        Default = TierTimes.Of(options.Tiers);
        foreach (var route in options.Routes)
        {
            _routes[RoutePatterns.Normalize(route.Pattern)] = route;
        }
    }

    public EnforcementMode Mode { get; }

    public TierTimes Default { get; }

    /// <summary>The configured routes, by normalized pattern.</summary>
    public IReadOnlyDictionary<string, RouteDeadlineOptions> Routes => _routes;

    /// <summary>
    /// The tiers of an endpoint. The first of these sets the time of the request: the entry of its route, the framework's timeout on
    /// the endpoint, the tier <c>Api</c> of all routes, the framework's default policy, the built-in default.
    /// </summary>
    public (TierTimes Times, TierSource Source) Of(GuardedEndpoint endpoint, FrameworkTimeouts framework)
    {
        var route = _routes.GetValueOrDefault(endpoint.Route);
        var own = framework.Of(endpoint.Metadata);
        if (route?.Api is not null && !(endpoint.IsStreaming && own is null))
        {
            return (TierTimes.Of(_tiers, route), TierSource.Configured);
        }

        var time = own ?? (_hasApi ? null : framework.Default);
        return endpoint.IsStreaming || time == Timeout.InfiniteTimeSpan ? (TierTimes.Of(_tiers, route), TierSource.None)
            : time is not null ? (TierTimes.Of(_tiers, route, time), TierSource.Framework)
            : (TierTimes.Of(_tiers, route), _hasApi ? TierSource.Configured : TierSource.Default);
    }

    /// <summary>The tiers of a configured path. The source is <see cref="TierSource.None"/> if the entry does not set <c>Api</c>.</summary>
    public (TierTimes Times, TierSource Source) Of(RouteDeadlineOptions route) =>
        (TierTimes.Of(_tiers, route), route.Api is null ? TierSource.None : TierSource.Configured);
}
