using System.Text.Json;

namespace Herz.Resilience.Pipeline.Calls;

/// <summary>
/// The only list of guards of outgoing calls, in the order in which they are asked: a guard that knows a time to wait comes before a
/// guard that decides at random, and the guard that counts calls in flight comes last.
/// </summary>
internal enum CallPlace
{
    RetryAfter,
    Circuit,
    Throttling,
    Concurrency,

    /// <summary>No guard, but how many there are.</summary>
    Count,
}

internal static class CallPlaces
{
    private static readonly string[] s_names = [.. Enum.GetNames<CallPlace>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>The name in refusals, metrics and logs, such as <c>retry_after</c>.</summary>
    public static string Name(this CallPlace place) => s_names[(int)place];
}
