using Herz.Resilience.Tool.GrpcCalls;

namespace Herz.Resilience.Tool.Requests;

/// <summary>One kind of request of a run.</summary>
internal sealed record RequestTemplate
{
    /// <summary>What reports call it.</summary>
    /// <value>The path of the URL.</value>
    public string Name { get => field ?? Url.PathAndQuery; init; }

    /// <summary>Where it goes: an absolute http or https URL.</summary>
    public required Uri Url { get; init; }

    /// <summary>The method.</summary>
    /// <value>GET.</value>
    public string Method { get; init; } = "GET";

    /// <summary>The gRPC method that it calls, or null. Its body is JSON until the run begins, and a framed message then.</summary>
    /// <value>Null.</value>
    public GrpcMethod? Grpc { get; init; }

    /// <summary>Headers beside those that the protocol needs.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body, perhaps empty.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Its share among the templates of a run.</summary>
    /// <value>1.</value>
    public double Weight { get; init; } = 1;
}
