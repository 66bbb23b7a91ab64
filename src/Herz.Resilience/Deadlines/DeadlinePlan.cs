using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Deadlines;

/// <summary>The tiers in force, ready to look up by route. Immutable; one per configuration.</summary>
internal sealed class DeadlinePlan
{
    private readonly Dictionary<string, TierTimes> _routes = new(StringComparer.OrdinalIgnoreCase);

    public DeadlinePlan(DeadlinesOptions options, GuardMode mode)
    {
        Mode = mode;
        Default = TierTimes.Of(options.Tiers);
        foreach (var route in options.Routes)
        {
            _routes[RoutePatterns.Normalize(route.Pattern)] = TierTimes.Of(options.Tiers, route);
        }
    }

    public GuardMode Mode { get; }

    public TierTimes Default { get; }

    public TierTimes Of(string? route) => route is not null && _routes.TryGetValue(route, out var tiers) ? tiers : Default;
}
