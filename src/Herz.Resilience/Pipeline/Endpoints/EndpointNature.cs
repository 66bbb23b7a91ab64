using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;

namespace Herz.Resilience.Pipeline.Endpoints;

/// <summary>What kind of thing an endpoint of the app is, as far as its metadata and name say.</summary>
internal static class EndpointNature
{
    // The name that MapHealthChecks gives its endpoints; they carry no metadata of their own.
    private const string HealthChecks = "Health checks";
    private const string GrpcHealthService = "/grpc.health.v1.Health/";

    public static bool IsStaticAsset(EndpointMetadataCollection metadata) => metadata.GetMetadata<StaticAssetDescriptor>() is not null;

    public static bool IsHealthCheck(Endpoint endpoint) =>
        endpoint.DisplayName == HealthChecks || endpoint.DisplayName?.Contains(GrpcHealthService, StringComparison.Ordinal) == true;

    public static bool IsCatchAll(Endpoint endpoint) =>
        endpoint is RouteEndpoint route && route.RoutePattern.Parameters.Any(static parameter => parameter.IsCatchAll);
}
