using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Pipeline;

internal static partial class PipelineLog
{
    [LoggerMessage(101, LogLevel.Error, "The guard {Guard} failed ({Moment}); the request goes on without it.")]
    public static partial void GuardFaulted(this ILogger logger, string guard, string moment, Exception exception);

    [LoggerMessage(102, LogLevel.Error, "A callback registered on a request's cancellation token threw.")]
    public static partial void CancellationCallbackFailed(this ILogger logger, Exception exception);

    [LoggerMessage(103, LogLevel.Debug, "{Guard} refused {Method} {Path} with {StatusCode}: {Rule}.")]
    public static partial void Refused(this ILogger logger, string guard, string method, string path, int statusCode, string rule);

    [LoggerMessage(104, LogLevel.Warning, "An exception after the deadline of {Method} {Path} was answered with 504.")]
    public static partial void FaultAfterDeadline(this ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(105, LogLevel.Error, "Guards stand inside a part of the app that other Herz guards are around of, so these do not run: {Guards}. Place them beside the others.")]
    public static partial void GuardsInside(this ILogger logger, string guards);
}
