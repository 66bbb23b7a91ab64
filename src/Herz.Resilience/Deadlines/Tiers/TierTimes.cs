using System.Collections.Frozen;

namespace Herz.Resilience.Deadlines.Tiers;

/// <summary>The pure core of the feature: the times of one route, and how they nest.</summary>
/// <param name="Api">The time of the request.</param>
/// <param name="Inner">The time of every other tier, by name.</param>
internal sealed record TierTimes(TimeSpan Api, FrozenDictionary<string, TimeSpan> Inner)
{
    public static readonly TimeSpan DefaultApi = TimeSpan.FromMilliseconds(800);

    private static readonly TimeSpan s_defaultDatabase = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_defaultCache = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// What a route leaves out it takes from every route's tiers. An inner tier that it leaves out shrinks with the
    /// outer one: a route with an Api tier of 200 ms has no 300 ms for its database.
    /// </summary>
    /// <param name="tiers">The tiers of every route.</param>
    /// <param name="route">The route's own; null if it has none.</param>
    /// <param name="api">The time of the request, where something else than these says so.</param>
    public static TierTimes Of(IDictionary<string, TimeSpan> tiers, RouteDeadlineOptions? route = null, TimeSpan? api = null)
    {
        var outer = api ?? route?.Api ?? Find(tiers, DeadlineTier.Api) ?? DefaultApi;
        var database = route?.Database ?? Inherit(Find(tiers, DeadlineTier.Database) ?? s_defaultDatabase, outer, route);
        var cache = route?.Cache ?? Inherit(Find(tiers, DeadlineTier.Cache) ?? s_defaultCache, database, route);
        var inner = new Dictionary<string, TimeSpan>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, time) in tiers)
        {
            inner[name] = (route is null ? null : Find(route.Tiers, name)) ?? Inherit(time, outer, route);
        }

        inner.Remove(DeadlineTier.Api);
        inner[DeadlineTier.Database] = database;
        inner[DeadlineTier.Cache] = cache;
        return new TierTimes(outer, inner.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase));
    }

    /// <exception cref="ArgumentException">There is no such tier.</exception>
    public TimeSpan this[string tier]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(tier);
            return Inner.TryGetValue(tier, out var time) ? time
                : string.Equals(tier, DeadlineTier.Api, StringComparison.OrdinalIgnoreCase) ? Api
                : throw new ArgumentException(
                    $"The tier is \"{tier}\"; expected one of {DeadlineTier.Api}, {string.Join(", ", Inner.Keys.Order(StringComparer.OrdinalIgnoreCase))}, or a further key of Herz:Deadlines:Tiers.",
                    nameof(tier));
        }
    }

    /// <summary>Entering a tier gives the shorter of its own time and what remains around it.</summary>
    /// <param name="tier">The tier entered.</param>
    /// <param name="remaining">What remains of the deadline around it; <see langword="null"/> where there is none.</param>
    public TimeSpan Enter(string tier, TimeSpan? remaining)
    {
        var own = this[tier];
        return remaining is { } left ? Max(TimeSpan.Zero, Min(own, left)) : own;
    }

    // The tiers of every route were compared with each other when they were read.
    private static TimeSpan Inherit(TimeSpan time, TimeSpan outer, RouteDeadlineOptions? route) => route is null ? time : Min(time, outer);

    // A dictionary that was set in code may tell letters apart.
    private static TimeSpan? Find(IDictionary<string, TimeSpan> tiers, string name)
    {
        foreach (var (key, time) in tiers)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return time;
            }
        }

        return null;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
