using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Herz.Resilience.Pipeline.Endpoints;

/// <summary>
/// Wraps each endpoint once. It is called by the endpoint feature, so it needs no middleware after routing, and
/// works with implicit and explicit routing, branches and re-execution.
/// </summary>
internal sealed class GuardedEndpoints(GuardPipeline pipeline, EndpointNames names)
{
    private readonly ConditionalWeakTable<Endpoint, GuardedEndpoint> _endpoints = [];

    /// <summary>Returns the wrapped endpoint. An endpoint of a type that the app defines is not wrapped, since the app may look for that type.</summary>
    public Endpoint? Guard(Endpoint? endpoint) =>
        endpoint?.RequestDelegate is null || !IsKnownType(endpoint) ? endpoint : Find(endpoint).Wrapped;

    /// <summary>Finds the guarded endpoint for an original or a wrapped one.</summary>
    public GuardedEndpoint Find(Endpoint endpoint) =>
        _endpoints.TryGetValue(endpoint, out var known) ? known : Add(endpoint);

    private static bool IsKnownType(Endpoint endpoint) => endpoint is RouteEndpoint || endpoint.GetType() == typeof(Endpoint);

    private GuardedEndpoint Add(Endpoint endpoint)
    {
        GuardedEndpoint? guarded = null;
        guarded = new GuardedEndpoint(endpoint, names.Of(endpoint), context => pipeline.EnterAsync(context, guarded!));

        // If two requests race here, the first one wins and both use its endpoint.
        _endpoints.TryAdd(guarded.Wrapped, guarded);
        return _endpoints.TryAdd(endpoint, guarded) ? guarded : Find(endpoint);
    }
}
