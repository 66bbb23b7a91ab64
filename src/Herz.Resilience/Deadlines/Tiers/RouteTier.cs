namespace Herz.Resilience.Deadlines.Tiers;

/// <summary>The tiers of one route under one plan.</summary>
/// <param name="Plan">The plan that they were taken from.</param>
/// <param name="Times">The times.</param>
/// <param name="Source">Who said how long the request may take.</param>
/// <param name="Ticks">The time of the request in ticks of the clock; <see cref="long.MaxValue"/> for none.</param>
/// <param name="Watch">What is known of the route.</param>
internal sealed record RouteTier(DeadlinePlan Plan, TierTimes Times, TierSource Source, long Ticks, RouteWatch Watch)
{
    /// <summary>Whether a number of the app's, or a measurement, allows to cut its requests.</summary>
    public bool IsEnforced => Source switch
    {
        TierSource.Default => Watch.Fit.IsMeasured,
        TierSource.None => false,
        _ => true,
    };
}

/// <summary>Who said how long a request may take, in the order of precedence.</summary>
internal enum TierSource
{
    /// <summary>The section, for this route or for all.</summary>
    Configured,

    /// <summary>The framework's request timeouts.</summary>
    Framework,

    /// <summary>Nobody, so the default: enforced once it is measured to fit.</summary>
    Default,

    /// <summary>The app said that there is no limit, or the endpoint is a stream.</summary>
    None,
}
