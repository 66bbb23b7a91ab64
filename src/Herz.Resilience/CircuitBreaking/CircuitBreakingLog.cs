using Microsoft.Extensions.Logging;

namespace Herz.Resilience.CircuitBreaking;

internal static partial class CircuitBreakingLog
{
    [LoggerMessage(501, LogLevel.Warning, "The circuit of {Endpoint} has opened and refuses requests for {BreakDuration}: {Reason}. Look for the errors of this endpoint. To change when the circuit opens, set Herz:CircuitBreaking:FailureRatio, or only for this route in Herz:CircuitBreaking:Routes.")]
    public static partial void CircuitOpened(this ILogger logger, string endpoint, TimeSpan breakDuration, string reason);

    [LoggerMessage(502, LogLevel.Information, "The circuit of {Endpoint} changed from {From} to {To}: {Reason}.")]
    public static partial void CircuitChanged(this ILogger logger, string endpoint, CircuitStatus from, CircuitStatus to, string reason);

    [LoggerMessage(503, LogLevel.Warning, "Requests to {Endpoint} fail: {Reason}. Its circuit only observes and does not refuse requests: {Remedy}. This is logged once.")]
    public static partial void CircuitObserves(this ILogger logger, string endpoint, string reason, string remedy);

    [LoggerMessage(504, LogLevel.Warning, "Requests to {Endpoint} fail (most recently {Path}), but only for {Sources}. The circuit stays closed, so that the other requests are served. Look for the errors of these requests. To open the circuit for all requests, set Herz:CircuitBreaking:FailureRatio, or only for this route in Herz:CircuitBreaking:Routes. This is logged once.")]
    public static partial void FailuresConcentrated(this ILogger logger, string endpoint, string path, string sources);

    [LoggerMessage(505, LogLevel.Debug, "The circuit of {Endpoint}, which only observes, changed from {From} to {To}: {Reason}.")]
    public static partial void ObservedCircuitChanged(this ILogger logger, string endpoint, CircuitStatus from, CircuitStatus to, string reason);

    [LoggerMessage(506, LogLevel.Warning, "{Command} of the circuit {Name}, which was {Status}: {Reason}.")]
    public static partial void CircuitCommanded(this ILogger logger, string name, CircuitCommand command, CircuitStatus status, string reason);
}
