using Herz.Resilience.Pipeline.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>
/// The facts about the app's endpoints that a decision before routing needs: the policies that they name, and the paths of exempt ones.
/// Read again when the endpoints change.
/// </summary>
internal sealed class EndpointSurvey(IServiceProvider services)
{
    private volatile Facts? _facts;

    public Facts Current => _facts is { } facts && facts.Token is not { HasChanged: true } ? facts : Read();

    private Facts Read()
    {
        var source = services.GetService<EndpointDataSource>();
        var token = source?.GetChangeToken();
        var endpoints = source?.Endpoints ?? [];
        var named = endpoints.SelectMany(static endpoint => endpoint.Metadata.GetOrderedMetadata<HerzRateLimitAttribute>())
            .Select(static limit => limit.Policy)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var exempt = endpoints.OfType<RouteEndpoint>()
            .Where(static endpoint => LimitPlan.IsExempt(endpoint.Metadata) || EndpointKind.IsHealthCheck(endpoint) || EndpointKind.IsStaticAsset(endpoint.Metadata))
            .Select(static endpoint => endpoint.RoutePattern)
            .ToLookup(static pattern => pattern.Parameters.Count == 0);
        return _facts = new Facts(
            named,
            exempt[true].Select(static pattern => RoutePatterns.Normalize(pattern.RawText)).ToHashSet(StringComparer.OrdinalIgnoreCase),
            [.. exempt[false].Select(static pattern => new TemplateMatcher(new RouteTemplate(pattern), new RouteValueDictionary(pattern.Defaults)))],
            token);
    }

    /// <summary>The facts at one moment.</summary>
    /// <param name="Named">The policies that endpoints name; one without routes applies only to those endpoints.</param>
    /// <param name="ExemptPaths">The paths of exempt endpoints without parameters.</param>
    /// <param name="ExemptPatterns">The patterns of exempt endpoints with parameters.</param>
    /// <param name="Token">Changes with the endpoints.</param>
    internal sealed record Facts(IReadOnlySet<string> Named, IReadOnlySet<string> ExemptPaths, IReadOnlyList<TemplateMatcher> ExemptPatterns, IChangeToken? Token)
    {
        /// <summary>Whether a path is that of an exempt endpoint.</summary>
        public bool IsExempt(PathString path)
        {
            if (ExemptPaths.Count > 0 && ExemptPaths.Contains(RoutePatterns.Normalize(path.Value)))
            {
                return true;
            }

            foreach (var pattern in ExemptPatterns)
            {
                if (pattern.TryMatch(path.HasValue ? path : "/", []))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
