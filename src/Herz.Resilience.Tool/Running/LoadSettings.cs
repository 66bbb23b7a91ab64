using Herz.Resilience.Tool.Requests;
using Herz.Resilience.Tool.Scheduling;

namespace Herz.Resilience.Tool.Running;

/// <summary>The settings of a load run.</summary>
internal sealed record LoadSettings
{
    /// <summary>The request templates, at least one.</summary>
    public required IReadOnlyList<RequestTemplate> Templates { get; init; }

    /// <summary>The rate over time, without the warm-up.</summary>
    public required LoadShape Shape { get; init; }

    /// <summary>Seed of Poisson arrivals, or null for even arrivals.</summary>
    /// <value>Null.</value>
    public int? PoissonSeed { get; init; }

    /// <summary>Number of clients of a closed loop, or null for an open loop.</summary>
    /// <value>Null.</value>
    public int? ClosedClients { get; init; }

    /// <summary>Pause of a client of the closed loop after each answer.</summary>
    /// <value>0.</value>
    public TimeSpan Think { get; init; }

    /// <summary>Time before the shape, in which the rate rises to the first rate; not part of the results.</summary>
    /// <value>0.</value>
    public TimeSpan WarmUp { get; init; }

    /// <summary>Timeout of a request, from its intended start.</summary>
    /// <value>10 s.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Maximum number of connections to one host.</summary>
    /// <value>1024.</value>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Maximum latency of a good answer.</summary>
    /// <value>None: every success is good.</value>
    public TimeSpan Slo { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>1.1 or 2; with http URLs, 2 is used without negotiation.</summary>
    /// <value>1.1.</value>
    public Version HttpVersion { get; init; } = System.Net.HttpVersion.Version11;

    /// <summary>Whether any server certificate is accepted.</summary>
    /// <value>False.</value>
    public bool Insecure { get; init; }

    /// <summary>A file with the descriptors of the gRPC methods, or null for server reflection.</summary>
    /// <value>Null.</value>
    public string? Protoset { get; init; }

    /// <summary>Whether any template calls a gRPC method.</summary>
    public bool IsGrpc => Templates.Any(t => t.Grpc is not null);

    /// <summary>Creates the pacer of this run.</summary>
    public IPacer MakePacer() => ClosedClients is { } clients
        ? new ClosedPacer(clients, WarmUp + TimeSpan.FromSeconds(Shape.Seconds), Think)
        : new ArrivalSchedule(Shape.After(WarmUp), PoissonSeed);
}
