using System.Text.Json;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// The one place where guards are listed, in the order in which they are asked: what waits for a permit is not in flight yet,
/// and the guard that needs the outcome of the endpoint comes last. From <see cref="RateLimiting"/> on they keep a number in each request.
/// </summary>
internal enum GuardPlace
{
    Metrics,
    Deadlines,
    LeakWatchdog,
    RateLimiting,
    LoadShedding,
    CircuitBreaking,

    /// <summary>No guard, but how many there are.</summary>
    Count,
}

internal static class GuardPlaces
{
    public const int FirstWithState = (int)GuardPlace.RateLimiting;

    private static readonly string[] s_names = [.. Enum.GetNames<GuardPlace>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>The term that refusals, metrics and logs call the guard by, such as <c>rate_limiting</c>.</summary>
    public static string Name(this GuardPlace place) => s_names[(int)place];
}
