using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// One endpoint of the app with what the guards know of it. The app sees <see cref="Wrapped"/>: the same pattern,
/// order, metadata and name, whose delegate asks the guards first.
/// </summary>
internal sealed class GuardedEndpoint
{
    private const string Unnamed = "unnamed";

    private readonly object?[] _parts = new object?[GuardOrder.Count];

    public GuardedEndpoint(Endpoint original, RequestDelegate guarded)
    {
        Original = original;
        Metadata = original.Metadata;
        IsStaticAsset = EndpointNature.IsStaticAsset(Metadata);
        IsHealthCheck = EndpointNature.IsHealthCheck(original);
        IsCatchAll = EndpointNature.IsCatchAll(original);
        Route = original is RouteEndpoint { RoutePattern.RawText: { } pattern } ? RoutePatterns.Normalize(pattern) : Unnamed;
        Methods = original.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods
            ? string.Join(',', methods)
            : "*";
        IsStreaming = original.Metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null
            || GrpcMethod.IsStreaming(original.Metadata);
        IsGrpc = GrpcMethod.IsGrpc(original.Metadata);
        Wrapped = original is RouteEndpoint route
            ? new RouteEndpoint(guarded, route.RoutePattern, route.Order, route.Metadata, route.DisplayName)
            : new Endpoint(guarded, original.Metadata, original.DisplayName);
    }

    public Endpoint Original { get; }

    public Endpoint Wrapped { get; }

    public EndpointMetadataCollection Metadata { get; }

    /// <summary>
    /// The pattern as the app maps it, with a leading slash: <c>/orders/{id}</c>; <c>unnamed</c> for an endpoint that has
    /// none. Bounded, so it may label metrics.
    /// </summary>
    public string Route { get; }

    /// <summary>The route with what tells it from others of the same pattern; labels metrics.</summary>
    public string Label => Route;

    /// <summary>Whether it is one file of the app's static assets, of which there may be thousands.</summary>
    public bool IsStaticAsset { get; }

    /// <summary>Whether it answers the app's own health checks, which no guard may stand in the way of.</summary>
    public bool IsHealthCheck { get; }

    /// <summary>Whether one pattern stands for many things, as <c>{**path}</c> does.</summary>
    public bool IsCatchAll { get; }

    /// <summary>The methods it answers, joined by commas, or <c>*</c>.</summary>
    public string Methods { get; }

    /// <summary>Whether it lives longer than one answer by its nature: a gRPC stream, a SignalR connection.</summary>
    public bool IsStreaming { get; }

    /// <summary>Whether its outcome is the <c>grpc-status</c> of its trailers, whatever its HTTP status.</summary>
    public bool IsGrpc { get; }

    /// <summary>
    /// Names the endpoint across rebuilds of the app's endpoints: <c>GET /orders/{id}</c>. Of those that share a
    /// conventional route, each has its own: <c>* /{controller}/{action} (action=Index, controller=Home)</c>.
    /// </summary>
    public string Key => field ??= $"{Methods} {Route}{RequiredValues()}";

    /// <summary>What a guard compiled for this endpoint from its options; replaced by the guard when those change.</summary>
    public ref object? Part(RequestGuard guard) => ref _parts[guard.Index];

    private string RequiredValues()
    {
        if (Original is not RouteEndpoint { RoutePattern: { RequiredValues.Count: > 0 } pattern })
        {
            return "";
        }

        // Only a value that is also a parameter tells apart what the pattern alone does not.
        var values = pattern.RequiredValues
            .Where(value => pattern.RawText?.Contains("{" + value.Key, StringComparison.OrdinalIgnoreCase) == true)
            .Select(value => $"{value.Key}={value.Value}")
            .Order(StringComparer.Ordinal);
        var text = string.Join(", ", values);
        return text.Length == 0 ? "" : $" ({text})";
    }
}
