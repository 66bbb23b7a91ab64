using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Endpoints;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.LoadShedding;

/// <summary>The priorities in force, by route. Immutable; one per configuration.</summary>
internal sealed class PriorityPlan
{
    private const string Critical = "critical";
    private const string Default = "default";
    private const string Sheddable = "sheddable";

    private readonly Dictionary<string, RequestPriority> _routes = new(StringComparer.OrdinalIgnoreCase);
    private readonly string? _header;

    public PriorityPlan(LoadSheddingOptions options, EnforcementMode mode)
    {
        Mode = mode;
        _header = options.PriorityHeader;
        foreach (var route in options.Routes)
        {
            _routes[RoutePatterns.Normalize(route.Pattern)] = route.Priority;
        }
    }

    public EnforcementMode Mode { get; }

    /// <summary>The text of a priority in the header.</summary>
    public static string TextOf(RequestPriority priority) => priority switch
    {
        RequestPriority.Critical => Critical,
        RequestPriority.Sheddable => Sheddable,
        _ => Default,
    };

    /// <summary>The priority of an endpoint: the configured one of its route, or its own.</summary>
    public RequestPriority Of(GuardedEndpoint endpoint) =>
        _routes.TryGetValue(endpoint.Route, out var priority) ? priority
        : endpoint.Metadata.GetMetadata<HerzPriorityAttribute>()?.Priority ?? RequestPriority.Default;

    /// <summary>The priority in the trusted header of the caller; otherwise that of the endpoint.</summary>
    public RequestPriority Of(HttpContext context, RequestPriority otherwise)
    {
        if (_header is null || !context.Request.Headers.TryGetValue(_header, out var values) || values.Count != 1)
        {
            return otherwise;
        }

        var text = values[0].AsSpan().Trim();
        return text.Equals(Critical, StringComparison.OrdinalIgnoreCase) ? RequestPriority.Critical
            : text.Equals(Sheddable, StringComparison.OrdinalIgnoreCase) ? RequestPriority.Sheddable
            : text.Equals(Default, StringComparison.OrdinalIgnoreCase) ? RequestPriority.Default
            : otherwise;
    }
}
