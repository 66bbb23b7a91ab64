using Microsoft.Extensions.Logging;

namespace Herz.Resilience.CircuitBreaking;

internal static partial class CircuitBreakingLog
{
    [LoggerMessage(501, LogLevel.Warning, "The circuit of {Endpoint} has opened and refuses for {BreakDuration}: {Reason}. Look for the errors of this endpoint; to change when it opens set Herz:CircuitBreaking:FailureRatio, for this route alone in Herz:CircuitBreaking:Routes.")]
    public static partial void CircuitOpened(this ILogger logger, string endpoint, TimeSpan breakDuration, string reason);

    [LoggerMessage(502, LogLevel.Information, "The circuit of {Endpoint} went from {From} to {To}: {Reason}.")]
    public static partial void CircuitChanged(this ILogger logger, string endpoint, CircuitStatus from, CircuitStatus to, string reason);

    [LoggerMessage(503, LogLevel.Warning, "Requests of {Endpoint} fail: {Reason}. Its circuit only observes and refuses nothing: {Remedy}. This is logged once.")]
    public static partial void CircuitObserves(this ILogger logger, string endpoint, string reason, string remedy);

    [LoggerMessage(504, LogLevel.Warning, "Requests of {Endpoint} fail, lately of {Path}, but only those of {Sources}; the circuit stays closed so that the others are served. Look for the errors of these requests; to open it for all of them set Herz:CircuitBreaking:FailureRatio, for this route alone in Herz:CircuitBreaking:Routes. This is logged once.")]
    public static partial void FailuresConcentrated(this ILogger logger, string endpoint, string path, string sources);

    [LoggerMessage(505, LogLevel.Debug, "The circuit of {Endpoint}, which only observes, went from {From} to {To}: {Reason}.")]
    public static partial void ObservedCircuitChanged(this ILogger logger, string endpoint, CircuitStatus from, CircuitStatus to, string reason);
}
