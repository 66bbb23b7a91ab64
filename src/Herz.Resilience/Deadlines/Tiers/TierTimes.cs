using System.Collections.Frozen;

namespace Herz.Resilience.Deadlines.Tiers;

/// <summary>The pure core of the feature: the tier times of one route, and how they nest.</summary>
/// <param name="Api">The time of the request.</param>
/// <param name="Inner">The time of every other tier, by name.</param>
internal sealed record TierTimes(TimeSpan Api, FrozenDictionary<string, TimeSpan> Inner)
{
    public static readonly TimeSpan DefaultApi = TimeSpan.FromMilliseconds(800);

    private static readonly TimeSpan s_defaultDatabase = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_defaultCache = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// A route inherits the tiers that it does not set from the tiers of all routes. An inherited inner tier is limited to the
    /// outer one: on a route with an Api tier of 200 ms, the database tier is 200 ms, not 300 ms.
    /// </summary>
    /// <param name="tiers">The tiers of all routes.</param>
    /// <param name="route">The route's own tiers; null if it has none.</param>
    /// <param name="api">The time of the request if it comes from another source; overrides both.</param>
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

    /// <exception cref="ArgumentException">The tier does not exist.</exception>
    public TimeSpan this[string tier]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(tier);
            return Inner.TryGetValue(tier, out var time) ? time
                : string.Equals(tier, DeadlineTier.Api, StringComparison.OrdinalIgnoreCase) ? Api
                : throw new ArgumentException(
                    $"The tier is \"{tier}\"; expected one of {DeadlineTier.Api}, {string.Join(", ", Inner.Keys.Order(StringComparer.OrdinalIgnoreCase))}, or another key of Herz:Deadlines:Tiers.",
                    nameof(tier));
        }
    }

    /// <summary>The time granted on entering a tier: the shorter of its own time and the remaining time around it.</summary>
    /// <param name="tier">The tier entered.</param>
    /// <param name="remaining">The remaining time of the enclosing deadline; <see langword="null"/> if there is none.</param>
    public TimeSpan Enter(string tier, TimeSpan? remaining)
    {
        var own = this[tier];
        return remaining is { } left ? Max(TimeSpan.Zero, Min(own, left)) : own;
    }

    // Validation has already compared the tiers of all routes with each other.
    private static TimeSpan Inherit(TimeSpan time, TimeSpan outer, RouteDeadlineOptions? route) => route is null ? time : Min(time, outer);

    // A dictionary set in code may be case-sensitive.
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
