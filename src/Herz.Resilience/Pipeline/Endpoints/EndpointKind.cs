using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;

namespace Herz.Resilience.Pipeline.Endpoints;

/// <summary>The kind of an endpoint of the app, from its metadata and name.</summary>
internal static class EndpointKind
{
    // The name that MapHealthChecks gives its endpoints; they have no metadata of their own.
    private const string HealthChecks = "Health checks";
    private const string GrpcHealthService = "/grpc.health.v1.Health/";

    public static bool IsStaticAsset(EndpointMetadataCollection metadata) => metadata.GetMetadata<StaticAssetDescriptor>() is not null;

    public static bool IsHealthCheck(Endpoint endpoint) =>
        endpoint.DisplayName == HealthChecks || endpoint.DisplayName?.Contains(GrpcHealthService, StringComparison.Ordinal) == true;

    public static bool IsCatchAll(Endpoint endpoint) =>
        endpoint is RouteEndpoint route && route.RoutePattern.Parameters.Any(static parameter => parameter.IsCatchAll);
}
