using Herz.Resilience.Tool.GrpcCalls;

namespace Herz.Resilience.Tool.Requests;

/// <summary>A request template of a run.</summary>
internal sealed record RequestTemplate
{
    /// <summary>Name in reports.</summary>
    /// <value>The path of the URL.</value>
    public string Name { get => field ?? Url.PathAndQuery; init; }

    /// <summary>An absolute http or https URL.</summary>
    public required Uri Url { get; init; }

    /// <summary>The HTTP method.</summary>
    /// <value>GET.</value>
    public string Method { get; init; } = "GET";

    /// <summary>The gRPC method, or null. The body is JSON before the run starts, and a framed message afterwards.</summary>
    /// <value>Null.</value>
    public GrpcMethod? Grpc { get; init; }

    /// <summary>Headers in addition to those of the protocol.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body; may be empty.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Its weight among the templates of a run.</summary>
    /// <value>1.</value>
    public double Weight { get; init; } = 1;
}
