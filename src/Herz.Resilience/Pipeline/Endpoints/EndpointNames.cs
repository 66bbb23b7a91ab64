using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.Pipeline.Endpoints;

/// <summary>
/// Gives each endpoint of the app a unique name: methods and pattern, and if these are the same, also the host, the required
/// values of conventional routes, or else the display name or a number. All static assets share one name.
/// </summary>
internal sealed class EndpointNames(IServiceProvider services)
{
    private const string Unnamed = "unnamed";
    private const string StaticAssets = "static assets";

    private readonly Lock _lock = new();
    private readonly ConditionalWeakTable<Endpoint, EndpointName> _names = [];
    private IChangeToken? _seen;

    /// <summary>Returns the name of an endpoint. It stays the same when the app rebuilds its endpoints.</summary>
    public EndpointName Of(Endpoint endpoint)
    {
        if (_names.TryGetValue(endpoint, out var known))
        {
            return known;
        }

        lock (_lock)
        {
            // An app may create an endpoint per request; only endpoints in the data source can be compared with each other.
            if (_seen is not { HasChanged: false } && services.GetService<EndpointDataSource>() is { } source)
            {
                _seen = source.GetChangeToken();
                NameAll(source.Endpoints);
            }

            return _names.GetValue(endpoint, Describe);
        }
    }

    // Duplicates can be found only among all endpoints.
    private void NameAll(IReadOnlyList<Endpoint> endpoints)
    {
        foreach (var sameName in endpoints.GroupBy(static endpoint => Describe(endpoint)))
        {
            var group = sameName.ToList();
            var areNamed = group.Select(static endpoint => endpoint.DisplayName).Distinct(StringComparer.Ordinal).Count() == group.Count;
            for (var index = 0; index < group.Count; index++)
            {
                _names.AddOrUpdate(group[index], group.Count == 1 || sameName.Key.Label == StaticAssets ? sameName.Key : sameName.Key.With(areNamed ? group[index].DisplayName! : $"#{index + 1}"));
            }
        }
    }

    private static EndpointName Describe(Endpoint endpoint)
    {
        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } named ? string.Join(',', named) : "*";
        if (EndpointKind.IsStaticAsset(endpoint.Metadata))
        {
            return new EndpointName(Unnamed, StaticAssets, StaticAssets);
        }

        var route = endpoint is RouteEndpoint { RoutePattern.RawText: { } pattern } ? RoutePatterns.Normalize(pattern) : Unnamed;
        IEnumerable<string> marks = [.. RequiredValues(endpoint), .. endpoint.Metadata.GetMetadata<IHostMetadata>()?.Hosts ?? []];
        var text = string.Join(", ", marks);
        var label = text.Length == 0 ? route : $"{route} ({text})";
        return new EndpointName(route, label, $"{methods} {label}");
    }

    // A value distinguishes routes of the same pattern only if it is also a parameter of the pattern.
    private static IEnumerable<string> RequiredValues(Endpoint endpoint) =>
        endpoint is RouteEndpoint { RoutePattern: { RequiredValues.Count: > 0 } pattern }
            ? pattern.RequiredValues
                .Where(value => pattern.RawText?.Contains("{" + value.Key, StringComparison.OrdinalIgnoreCase) == true)
                .Select(static value => $"{value.Key}={value.Value}")
                .Order(StringComparer.Ordinal)
            : [];
}

/// <summary>The names of an endpoint.</summary>
/// <param name="Route">
/// The pattern as the app maps it, with a leading slash: <c>/orders/{id}</c>; <c>unnamed</c> for an endpoint without a pattern.
/// </param>
/// <param name="Label">The route, and what distinguishes it from others of the same pattern: <c>/orders/{id} (a.example)</c>.</param>
/// <param name="Key">The methods and the label: <c>GET /orders/{id}</c>.</param>
internal sealed record EndpointName(string Route, string Label, string Key)
{
    public EndpointName With(string mark) => new(Route, $"{Label} [{mark}]", $"{Key} [{mark}]");
}
