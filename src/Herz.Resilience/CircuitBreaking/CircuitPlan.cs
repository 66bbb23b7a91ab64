using Herz.Resilience.CircuitBreaking.Rules;
using Herz.Resilience.Pipeline.Endpoints;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>The rules in force, by route. Immutable; one per configuration.</summary>
internal sealed class CircuitPlan
{
    private readonly Dictionary<string, CircuitRules> _routes = new(StringComparer.OrdinalIgnoreCase);
    private readonly CircuitRules _default;

    public CircuitPlan(CircuitBreakingOptions options, EnforcementMode mode)
    {
        Mode = mode;
        OnChange = options.OnChange;
        _default = CircuitRules.Of(options);
        foreach (var route in options.Routes)
        {
            _routes[RoutePatterns.Normalize(route.Pattern)] = CircuitRules.Of(options, route);
        }
    }

    public EnforcementMode Mode { get; }

    /// <summary>The delegate of the options.</summary>
    public Action<CircuitChange>? OnChange { get; }

    /// <summary>The rules of an endpoint.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="isNamed">Whether its route is listed in the configuration, so that even a catch-all is enforced.</param>
    public CircuitRules Of(GuardedEndpoint endpoint, out bool isNamed)
    {
        isNamed = _routes.TryGetValue(endpoint.Route, out var rules);
        return rules ?? _default;
    }
}
