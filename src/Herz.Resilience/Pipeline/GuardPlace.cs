using System.Text.Json;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// The only list of guards, in the order of their calls. Rate limiting comes before load shedding, since a request that waits for a
/// permit is not in flight yet. The guard that needs the outcome of the endpoint comes last. The guards from
/// <see cref="RateLimiting"/> on keep a number in each request.
/// </summary>
internal enum GuardPlace
{
    Metrics,
    Deadlines,
    LeakWatchdog,
    Outbound,
    RateLimiting,
    LoadShedding,
    CircuitBreaking,

    /// <summary>Not a guard: the number of guards.</summary>
    Count,
}

internal static class GuardPlaces
{
    public const int FirstWithState = (int)GuardPlace.RateLimiting;

    private static readonly string[] s_names = [.. Enum.GetNames<GuardPlace>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>The name of the guard in refusals, metrics and logs, such as <c>rate_limiting</c>.</summary>
    public static string Name(this GuardPlace place) => s_names[(int)place];
}
