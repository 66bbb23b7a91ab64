using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Herz.Resilience.Pipeline.Endpoints;

/// <summary>
/// Hands out each endpoint wrapped once. Working at the endpoint feature, it needs no place of its own in the app's
/// pipeline: implicit and explicit routing, branches and re-execution all pass through it.
/// </summary>
internal sealed class EndpointGuarding(GuardPipeline pipeline, EndpointNames names)
{
    private readonly ConditionalWeakTable<Endpoint, GuardedEndpoint> _endpoints = [];

    /// <summary>The wrapped endpoint; one of a type of the app's own is left as it is, since the app may look for that type.</summary>
    public Endpoint? Guard(Endpoint? endpoint) =>
        endpoint?.RequestDelegate is null || !IsKnownType(endpoint) ? endpoint : Find(endpoint).Wrapped;

    /// <summary>What is known of an endpoint, original or wrapped.</summary>
    public GuardedEndpoint Find(Endpoint endpoint) =>
        _endpoints.TryGetValue(endpoint, out var known) ? known : Add(endpoint);

    private static bool IsKnownType(Endpoint endpoint) => endpoint is RouteEndpoint || endpoint.GetType() == typeof(Endpoint);

    private GuardedEndpoint Add(Endpoint endpoint)
    {
        GuardedEndpoint? guarded = null;
        guarded = new GuardedEndpoint(endpoint, names.Of(endpoint), context => pipeline.EnterAsync(context, guarded!));

        // Two requests may race here; the first one to add wins, and both use its endpoint.
        _endpoints.TryAdd(guarded.Wrapped, guarded);
        return _endpoints.TryAdd(endpoint, guarded) ? guarded : Find(endpoint);
    }
}
