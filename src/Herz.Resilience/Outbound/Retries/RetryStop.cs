using System.Text.Json;

namespace Herz.Resilience.Outbound.Retries;

/// <summary>Why a failed attempt is not retried.</summary>
internal enum RetryStop
{
    /// <summary>It is retried.</summary>
    None,

    /// <summary>A retry cannot help, such as after a 404, or could do harm, such as after a POST.</summary>
    NotRetryable,

    /// <summary>All attempts are used.</summary>
    Attempts,

    /// <summary>The dependency reports that it is overloaded, or that the deadline has expired.</summary>
    Overloaded,

    /// <summary>A service behind the dependency has retried, or the caller of this request does.</summary>
    OtherTier,

    /// <summary>The attempt could not finish within the deadline.</summary>
    Deadline,

    /// <summary>The budget is spent.</summary>
    Budget,

    /// <summary>Another guard refused the retry.</summary>
    Refused,

    /// <summary>The mode is Observe; otherwise it would be retried.</summary>
    Observed,
}

internal static class RetryStops
{
    private static readonly string[] s_names = [.. Enum.GetNames<RetryStop>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>The name in metrics, such as <c>other_tier</c>.</summary>
    public static string Name(this RetryStop stop) => s_names[(int)stop];
}
