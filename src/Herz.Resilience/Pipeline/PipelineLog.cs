using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Pipeline;

internal static partial class PipelineLog
{
    [LoggerMessage(101, LogLevel.Error, "The guard {Guard} threw an exception ({Moment}); the request continues without it.")]
    public static partial void GuardFaulted(this ILogger logger, string guard, string moment, Exception exception);

    [LoggerMessage(102, LogLevel.Error, "A callback registered on a request's cancellation token threw an exception.")]
    public static partial void CancellationCallbackFailed(this ILogger logger, Exception exception);

    [LoggerMessage(103, LogLevel.Debug, "{Guard} refused {Method} {Path} with {StatusCode}: {Rule}.")]
    public static partial void Refused(this ILogger logger, string guard, string method, string path, int statusCode, string rule);

    [LoggerMessage(104, LogLevel.Warning, "{Method} {Path} threw an exception after its deadline and was answered with 504.")]
    public static partial void FaultAfterDeadline(this ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(105, LogLevel.Error, "These guards do not run, since they were added inside a pipeline that already has Herz guards: {Guards}. Add them on the app, next to the other Herz guards.")]
    public static partial void GuardsInside(this ILogger logger, string guards);
}
