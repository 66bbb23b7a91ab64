using Herz.Resilience.Pipeline.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>
/// What the app's endpoints mean for a decision before routing: which policies they name, and which of them are exempt. Looked up anew
/// when the endpoints change.
/// </summary>
internal sealed class EndpointSurvey(IServiceProvider services)
{
    private volatile Answer? _answer;

    public Answer Current => _answer is { } answer && answer.Token is not { HasChanged: true } ? answer : Look();

    private Answer Look()
    {
        var source = services.GetService<EndpointDataSource>();
        var token = source?.GetChangeToken();
        var endpoints = source?.Endpoints ?? [];
        var named = endpoints.SelectMany(static endpoint => endpoint.Metadata.GetOrderedMetadata<HerzRateLimitAttribute>())
            .Select(static limit => limit.Policy)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var exempt = endpoints.OfType<RouteEndpoint>()
            .Where(static endpoint => LimitPlan.IsExempt(endpoint.Metadata) || EndpointNature.IsHealthCheck(endpoint) || EndpointNature.IsStaticAsset(endpoint.Metadata))
            .Select(static endpoint => endpoint.RoutePattern)
            .ToLookup(static pattern => pattern.Parameters.Count == 0);
        return _answer = new Answer(
            named,
            exempt[true].Select(static pattern => RoutePatterns.Normalize(pattern.RawText)).ToHashSet(StringComparer.OrdinalIgnoreCase),
            [.. exempt[false].Select(static pattern => new TemplateMatcher(new RouteTemplate(pattern), new RouteValueDictionary(pattern.Defaults)))],
            token);
    }

    /// <summary>One look at the endpoints.</summary>
    /// <param name="Named">The policies that endpoints name; without routes they apply to those endpoints alone.</param>
    /// <param name="ExemptPaths">The paths of endpoints that are exempt from limits.</param>
    /// <param name="ExemptPatterns">Match the paths of those that have parameters.</param>
    /// <param name="Token">Changes with the endpoints.</param>
    internal sealed record Answer(IReadOnlySet<string> Named, IReadOnlySet<string> ExemptPaths, IReadOnlyList<TemplateMatcher> ExemptPatterns, IChangeToken? Token)
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
