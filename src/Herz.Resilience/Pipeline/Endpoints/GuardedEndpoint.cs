using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;

namespace Herz.Resilience.Pipeline.Endpoints;

/// <summary>
/// One endpoint of the app, and what the guards know about it. The app sees <see cref="Wrapped"/>: an endpoint with the same
/// pattern, order, metadata and name, whose delegate runs the guards first.
/// </summary>
internal sealed class GuardedEndpoint
{
    private readonly object?[] _parts = new object?[(int)GuardPlace.Count];
    private readonly EndpointName _name;

    public GuardedEndpoint(Endpoint original, EndpointName name, RequestDelegate guarded)
    {
        Original = original;
        Metadata = original.Metadata;
        _name = name;
        IsStaticAsset = EndpointKind.IsStaticAsset(Metadata);
        IsHealthCheck = EndpointKind.IsHealthCheck(original);
        IsCatchAll = EndpointKind.IsCatchAll(original);
        IsStreaming = Metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null || GrpcMethod.IsStreaming(Metadata);
        IsGrpc = GrpcMethod.IsGrpc(Metadata);
        Wrapped = original is RouteEndpoint route
            ? new RouteEndpoint(guarded, route.RoutePattern, route.Order, route.Metadata, route.DisplayName)
            : new Endpoint(guarded, original.Metadata, original.DisplayName);
    }

    public Endpoint Original { get; }

    public Endpoint Wrapped { get; }

    public EndpointMetadataCollection Metadata { get; }

    /// <summary>The pattern as the app maps it and as the configuration names it; see <see cref="EndpointName.Route"/>.</summary>
    public string Route => _name.Route;

    /// <summary>The route, and what distinguishes it from others of the same pattern. Bounded, so it can label metrics.</summary>
    public string Label => _name.Label;

    /// <summary>The unique name of the endpoint, the same when the app rebuilds its endpoints: <c>GET /orders/{id}</c>.</summary>
    public string Key => _name.Key;

    /// <summary>Whether it is a file of the app's static assets; there may be thousands.</summary>
    public bool IsStaticAsset { get; }

    /// <summary>Whether it answers the app's own health checks, which no guard may refuse.</summary>
    public bool IsHealthCheck { get; }

    /// <summary>Whether its pattern matches many paths, such as <c>{**path}</c>.</summary>
    public bool IsCatchAll { get; }

    /// <summary>Whether its requests are long-lived: a gRPC stream, a SignalR connection.</summary>
    public bool IsStreaming { get; }

    /// <summary>Whether its outcome is the <c>grpc-status</c> of its trailers, not its HTTP status.</summary>
    public bool IsGrpc { get; }

    /// <summary>The data that a guard compiled for this endpoint from its options. The guard replaces it when the options change.</summary>
    public ref object? Part(RequestGuard guard) => ref _parts[guard.Index];
}
