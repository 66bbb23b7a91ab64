using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Pipeline.Endpoints;

/// <summary>
/// Distinguishes gRPC streams from unary calls, and failed calls from successful ones. Reads the metadata that
/// Grpc.AspNetCore adds to its endpoints by name, since the core does not depend on gRPC.
/// </summary>
internal static class GrpcMethod
{
    private const string MetadataType = "Grpc.AspNetCore.Server.GrpcMethodMetadata";

    public static bool IsGrpc(EndpointMetadataCollection metadata) => Find(metadata) is not null;

    public static bool IsStreaming(EndpointMetadataCollection metadata)
    {
        var item = Find(metadata);
        var method = item?.GetType().GetProperty("Method")?.GetValue(item);
        var kind = method?.GetType().GetInterface("Grpc.Core.IMethod")?.GetProperty("Type")?.GetValue(method)?.ToString();
        return kind is not null and not "Unary";
    }

    /// <summary>Whether the caller expects a gRPC status instead of an HTTP one.</summary>
    public static bool IsCall(HttpRequest request) =>
        request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
        && !type.StartsWith("application/grpc-web", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the call ended with a status that means a server error: UNKNOWN, INTERNAL, UNAVAILABLE, DATA_LOSS.</summary>
    public static bool HasFailed(HttpResponse response) => StatusIn(response) is "2" or "13" or "14" or "15";

    /// <summary>Whether the call ended with a status that a cancelled token can cause, or with none: CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE.</summary>
    public static bool WasCancelled(HttpResponse response) => StatusIn(response) is null or "1" or "2" or "4" or "13" or "14";

    private static string? StatusIn(HttpResponse response)
    {
        var status = response.HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers["grpc-status"].ToString();
        if (string.IsNullOrEmpty(status))
        {
            status = response.Headers["grpc-status"].ToString();
        }

        return string.IsNullOrEmpty(status) ? null : status;
    }

    /// <summary>The gRPC status of a refusal: RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED or UNAVAILABLE.</summary>
    public static string StatusOf(int httpStatus) => httpStatus switch
    {
        StatusCodes.Status429TooManyRequests => "8",
        StatusCodes.Status504GatewayTimeout => "4",
        _ => "14",
    };

    private static object? Find(EndpointMetadataCollection metadata)
    {
        foreach (var item in metadata)
        {
            if (item.GetType().FullName == MetadataType)
            {
                return item;
            }
        }

        return null;
    }
}
