using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;

namespace Herz.Resilience.Pipeline.Endpoints;

/// <summary>
/// One endpoint of the app with what the guards know of it. The app sees <see cref="Wrapped"/>: the same pattern,
/// order, metadata and name, whose delegate asks the guards first.
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
        IsStaticAsset = EndpointNature.IsStaticAsset(Metadata);
        IsHealthCheck = EndpointNature.IsHealthCheck(original);
        IsCatchAll = EndpointNature.IsCatchAll(original);
        IsStreaming = Metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null || GrpcMethod.IsStreaming(Metadata);
        IsGrpc = GrpcMethod.IsGrpc(Metadata);
        Wrapped = original is RouteEndpoint route
            ? new RouteEndpoint(guarded, route.RoutePattern, route.Order, route.Metadata, route.DisplayName)
            : new Endpoint(guarded, original.Metadata, original.DisplayName);
    }

    public Endpoint Original { get; }

    public Endpoint Wrapped { get; }

    public EndpointMetadataCollection Metadata { get; }

    /// <summary>The pattern as the app maps it, by which the configuration names it; see <see cref="EndpointName.Route"/>.</summary>
    public string Route => _name.Route;

    /// <summary>The route with what distinguishes it from others of the same pattern. Bounded, so it labels metrics.</summary>
    public string Label => _name.Label;

    /// <summary>Names the endpoint, and no other, across rebuilds of the app's endpoints: <c>GET /orders/{id}</c>.</summary>
    public string Key => _name.Key;

    /// <summary>Whether it is one file of the app's static assets, of which there may be thousands.</summary>
    public bool IsStaticAsset { get; }

    /// <summary>Whether it answers the app's own health checks, which no guard may stand in the way of.</summary>
    public bool IsHealthCheck { get; }

    /// <summary>Whether one pattern stands for many things, as <c>{**path}</c> does.</summary>
    public bool IsCatchAll { get; }

    /// <summary>Whether it lives longer than one answer by its nature: a gRPC stream, a SignalR connection.</summary>
    public bool IsStreaming { get; }

    /// <summary>Whether its outcome is the <c>grpc-status</c> of its trailers, whatever its HTTP status.</summary>
    public bool IsGrpc { get; }

    /// <summary>What a guard compiled for this endpoint from its options; replaced by the guard when those change.</summary>
    public ref object? Part(RequestGuard guard) => ref _parts[guard.Index];
}
