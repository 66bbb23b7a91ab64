using Herz.Resilience.Tool.Requests;
using Herz.Resilience.Tool.Scheduling;

namespace Herz.Resilience.Tool.Running;

/// <summary>Everything that a load run needs to know.</summary>
internal sealed record LoadSettings
{
    /// <summary>What is asked: at least one.</summary>
    public required IReadOnlyList<RequestTemplate> Templates { get; init; }

    /// <summary>The rate over time, without the warm-up.</summary>
    public required LoadShape Shape { get; init; }

    /// <summary>Seed of Poisson arrivals, or null for even ones.</summary>
    /// <value>Null.</value>
    public int? PoissonSeed { get; init; }

    /// <summary>Clients of a closed loop, or null for the open one.</summary>
    /// <value>Null.</value>
    public int? ClosedClients { get; init; }

    /// <summary>What a client of the closed loop waits after each answer.</summary>
    /// <value>Nothing.</value>
    public TimeSpan Think { get; init; }

    /// <summary>Time that comes before the shape, in which the rate rises to its first one; left out of the figures.</summary>
    /// <value>Nothing.</value>
    public TimeSpan WarmUp { get; init; }

    /// <summary>How long an answer is waited for, from the intended start.</summary>
    /// <value>10 s.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most connections to one host.</summary>
    /// <value>1024.</value>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Objective for goodput.</summary>
    /// <value>None: each success is good.</value>
    public TimeSpan Slo { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>1.1 or 2; over plain http the latter without negotiation.</summary>
    /// <value>1.1.</value>
    public Version HttpVersion { get; init; } = System.Net.HttpVersion.Version11;

    /// <summary>Whether any certificate will do.</summary>
    /// <value>False.</value>
    public bool Insecure { get; init; }

    /// <summary>A file with the descriptors of the gRPC methods, or null to ask the server.</summary>
    /// <value>Null.</value>
    public string? Protoset { get; init; }

    /// <summary>Whether gRPC methods are called.</summary>
    public bool IsGrpc => Templates.Any(t => t.Grpc is not null);

    /// <summary>Makes the pacer of this run.</summary>
    public IPacer MakePacer() => ClosedClients is { } clients
        ? new ClosedPacer(clients, WarmUp + TimeSpan.FromSeconds(Shape.Seconds), Think)
        : new ArrivalSchedule(Shape.After(WarmUp), PoissonSeed);
}
