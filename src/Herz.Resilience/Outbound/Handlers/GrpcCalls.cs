namespace Herz.Resilience.Outbound.Handlers;

/// <summary>Recognizes gRPC calls, which are never sent again: their messages are a stream, and the gRPC client has retries of its own.</summary>
internal static class GrpcCalls
{
    public static bool Is(HttpRequestMessage request) =>
        request.Content?.Headers.ContentType?.MediaType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);
}
