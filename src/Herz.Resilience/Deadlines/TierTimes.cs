namespace Herz.Resilience.Deadlines;

/// <summary>The pure core of the feature: the times of one route, and how they nest.</summary>
internal readonly record struct TierTimes(TimeSpan Api, TimeSpan Database, TimeSpan Cache)
{
    public static TierTimes Of(DeadlineTiers tiers) => new(tiers.Api ?? DeadlineTiers.DefaultApi, tiers.Database, tiers.Cache);

    /// <summary>
    /// What a route leaves out it takes from every route's tiers. An inner tier that it leaves out shrinks with the
    /// outer one: a route with an Api tier of 200 ms has no 300 ms for its database.
    /// </summary>
    /// <param name="tiers">The tiers of every route.</param>
    /// <param name="route">The route's own; null if it has none.</param>
    /// <param name="api">The time of the request, where something else than these says so.</param>
    public static TierTimes Of(DeadlineTiers tiers, RouteDeadline? route, TimeSpan? api = null)
    {
        var outer = api ?? route?.Api ?? tiers.Api ?? DeadlineTiers.DefaultApi;
        var database = route?.Database ?? Min(tiers.Database, outer);
        var cache = route?.Cache ?? Min(tiers.Cache, database);
        return new TierTimes(outer, database, cache);
    }

    public TimeSpan this[DeadlineTier tier] => tier switch
    {
        DeadlineTier.Api => Api,
        DeadlineTier.Database => Database,
        DeadlineTier.Cache => Cache,
        _ => throw new ArgumentOutOfRangeException(nameof(tier), tier, "A tier is one of Api, Database and Cache."),
    };

    /// <summary>Entering a tier gives the shorter of its own time and what remains around it.</summary>
    /// <param name="tier">The tier entered.</param>
    /// <param name="remaining">What remains of the deadline around it; <see langword="null"/> where there is none.</param>
    public TimeSpan Enter(DeadlineTier tier, TimeSpan? remaining)
    {
        var own = this[tier];
        return remaining is { } left ? Max(TimeSpan.Zero, Min(own, left)) : own;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
