using Herz.Resilience.Pipeline.Endpoints;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>The policies that an endpoint's requests are asked for, by what they were asked before. Compiled once for each selection.</summary>
internal sealed class EndpointLimits(LimitSelection selection, GuardedEndpoint endpoint, LimitPolicy[] own)
{
    private readonly LimitPolicy[] _all = [.. selection.OnArrivalByOthers, .. selection.OnArrivalByClient, .. selection.Late, .. own];
    private readonly LimitPolicy[] _afterOthers = [.. selection.OnArrivalByClient, .. selection.Late, .. own];
    private readonly LimitPolicy[] _afterClients = [.. selection.OnArrivalByOthers, .. selection.Late, .. own];
    private readonly LimitPolicy[] _afterBoth = [.. selection.Late, .. own];

    public LimitSelection Selection => selection;

    public bool IsExempt { get; } = LimitPlan.IsExempt(endpoint.Metadata) || endpoint.IsHealthCheck || endpoint.IsStaticAsset;

    public LimitPolicy[] Of(Asked asked, bool isPreflight) => isPreflight ? own : (asked & (Asked.Others | Asked.Clients)) switch
    {
        Asked.None => _all,
        Asked.Others => _afterOthers,
        Asked.Clients => _afterClients,
        _ => _afterBoth,
    };
}

/// <summary>What a request was asked for already.</summary>
[Flags]
internal enum Asked : long
{
    None = 0,

    /// <summary>The policies of arrival that depend on no address.</summary>
    Others = 1,

    /// <summary>Those that do.</summary>
    Clients = 2,

    AtEndpoint = 4,
}
