namespace Herz.Resilience.Pipeline;

/// <summary>
/// The one place where the order of guards is written: what waits for a permit is not in flight yet,
/// and the guard that needs the outcome of the endpoint comes last.
/// </summary>
internal static class GuardOrder
{
    public const int Count = 6;

    private static readonly string[] s_order =
    [
        GuardNames.Metrics,
        GuardNames.Deadlines,
        GuardNames.LeakWatchdog,
        GuardNames.RateLimiting,
        GuardNames.LoadShedding,
        GuardNames.CircuitBreaking,
    ];

    /// <summary>The place of a guard, by its name.</summary>
    /// <exception cref="ArgumentException">No guard of that name is in the order.</exception>
    public static int IndexOf(string name)
    {
        var index = Array.IndexOf(s_order, name);
        return index >= 0 ? index : throw new ArgumentException($"The guard \"{name}\" has no place in the order; known are {string.Join(", ", s_order)}.", nameof(name));
    }

    public static RequestGuard[] Sort(IEnumerable<RequestGuard> guards) => [.. guards.OrderBy(guard => guard.Index)];
}

/// <summary>The names of the guards, as they stand in refusals, metrics and logs.</summary>
internal static class GuardNames
{
    public const string Metrics = "metrics";
    public const string Deadlines = "deadlines";
    public const string LeakWatchdog = "leak_watchdog";
    public const string LoadShedding = "load_shedding";
    public const string RateLimiting = "rate_limiting";
    public const string CircuitBreaking = "circuit_breaking";
}
