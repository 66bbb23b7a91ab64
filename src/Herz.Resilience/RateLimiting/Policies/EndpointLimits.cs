using Herz.Resilience.Pipeline.Endpoints;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>The policies that are still to be checked for a request at its endpoint. Compiled once for each selection.</summary>
internal sealed class EndpointLimits(LimitSelection selection, GuardedEndpoint endpoint, LimitPolicy[] own)
{
    private readonly LimitPolicy[] _all = [.. selection.OnArrivalByOthers, .. selection.OnArrivalByClient, .. selection.Late, .. own];
    private readonly LimitPolicy[] _afterOthers = [.. selection.OnArrivalByClient, .. selection.Late, .. own];
    private readonly LimitPolicy[] _afterClients = [.. selection.OnArrivalByOthers, .. selection.Late, .. own];
    private readonly LimitPolicy[] _afterBoth = [.. selection.Late, .. own];

    public LimitSelection Selection => selection;

    public bool IsExempt { get; } = LimitPlan.IsExempt(endpoint.Metadata) || endpoint.IsHealthCheck || endpoint.IsStaticAsset;

    public LimitPolicy[] Of(CheckedLimits done, bool isPreflight) => isPreflight ? own : (done & (CheckedLimits.Others | CheckedLimits.Clients)) switch
    {
        CheckedLimits.None => _all,
        CheckedLimits.Others => _afterOthers,
        CheckedLimits.Clients => _afterClients,
        _ => _afterBoth,
    };
}

/// <summary>The groups of policies that were already checked for a request.</summary>
[Flags]
internal enum CheckedLimits : long
{
    None = 0,

    /// <summary>The arrival policies that do not depend on the client's address.</summary>
    Others = 1,

    /// <summary>The arrival policies that do.</summary>
    Clients = 2,

    AtEndpoint = 4,
}
