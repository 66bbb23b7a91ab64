using Microsoft.Extensions.Logging;

namespace Herz.Resilience.CircuitBreaking;

internal static partial class CircuitBreakingLog
{
    [LoggerMessage(501, LogLevel.Warning, "The circuit of {Endpoint} has opened: it fails too often, and refuses for {BreakDuration}.")]
    public static partial void CircuitOpened(this ILogger logger, string endpoint, TimeSpan breakDuration);

    [LoggerMessage(502, LogLevel.Information, "The circuit of {Endpoint} went from {From} to {To}.")]
    public static partial void CircuitChanged(this ILogger logger, string endpoint, CircuitStatus from, CircuitStatus to);
}
