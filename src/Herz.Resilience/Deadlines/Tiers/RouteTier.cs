namespace Herz.Resilience.Deadlines.Tiers;

/// <summary>The tiers of one route under one plan.</summary>
/// <param name="Plan">The plan that defines the tiers.</param>
/// <param name="Times">The times.</param>
/// <param name="Source">What sets the time of the request.</param>
/// <param name="Ticks">The time of the request in ticks of the clock; <see cref="long.MaxValue"/> for no limit.</param>
/// <param name="State">The measured state of the route.</param>
internal sealed record RouteTier(DeadlinePlan Plan, TierTimes Times, TierSource Source, long Ticks, RouteState State)
{
    /// <summary>Whether a configured time or a measurement allows requests to be cancelled.</summary>
    public bool IsEnforced => Source switch
    {
        TierSource.Default => State.Fit.IsMeasured,
        TierSource.None => false,
        _ => true,
    };
}

/// <summary>What sets the time of a request, in the order of precedence.</summary>
internal enum TierSource
{
    /// <summary>The configuration section, for this route or for all routes.</summary>
    Configured,

    /// <summary>The framework's request timeouts.</summary>
    Framework,

    /// <summary>The built-in default: enforced after it is measured to fit.</summary>
    Default,

    /// <summary>No limit: the app disabled it, or the endpoint is a stream.</summary>
    None,
}
