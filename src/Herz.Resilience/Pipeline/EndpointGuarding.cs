using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// Hands out each endpoint wrapped once. Working at the endpoint feature, it needs no place of its own in the app's
/// pipeline: implicit and explicit routing, branches and re-execution all pass through it.
/// </summary>
internal sealed class EndpointGuarding(GuardPipeline pipeline)
{
    private readonly ConditionalWeakTable<Endpoint, GuardedEndpoint> _endpoints = [];

    public Endpoint? Guard(Endpoint? endpoint) => endpoint?.RequestDelegate is null ? endpoint : Find(endpoint).Wrapped;

    /// <summary>What is known of an endpoint, original or wrapped.</summary>
    public GuardedEndpoint Find(Endpoint endpoint) =>
        _endpoints.TryGetValue(endpoint, out var known) ? known : Add(endpoint);

    private GuardedEndpoint Add(Endpoint endpoint)
    {
        GuardedEndpoint? guarded = null;
        guarded = new GuardedEndpoint(endpoint, context => pipeline.EnterAsync(context, guarded!));

        // Two requests may race here; the first one to add wins, and both use its endpoint.
        _endpoints.TryAdd(guarded.Wrapped, guarded);
        return _endpoints.TryAdd(endpoint, guarded) ? guarded : Find(endpoint);
    }
}
