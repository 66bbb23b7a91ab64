using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>The numbers in force, by route. Immutable; one per configuration.</summary>
internal sealed class CircuitPlan
{
    private readonly Dictionary<string, CircuitNumbers> _routes = new(StringComparer.OrdinalIgnoreCase);
    private readonly CircuitNumbers _default;

    public CircuitPlan(CircuitBreakingOptions options, GuardMode mode)
    {
        Mode = mode;
        _default = CircuitNumbers.Of(options);
        foreach (var route in options.Routes)
        {
            _routes[RoutePatterns.Normalize(route.Pattern)] = CircuitNumbers.Of(options, route);
        }
    }

    public GuardMode Mode { get; }

    public CircuitNumbers Of(string route) => _routes.GetValueOrDefault(route, _default);
}
