using Herz.Resilience.Health.Probes;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Health;

internal static partial class HealthLog
{
    [LoggerMessage(701, LogLevel.Information, "The probe {Probe} now returns {Status}; failing checks: {Failing}.")]
    public static partial void ProbeChanged(this ILogger logger, ProbeKind probe, string status, string failing);

    [LoggerMessage(702, LogLevel.Information, "The app is stopping. It is no longer ready, and it serves requests for another {Delay}.")]
    public static partial void Draining(this ILogger logger, TimeSpan delay);

    [LoggerMessage(703, LogLevel.Error, "The app's health checks could not be run.")]
    public static partial void ChecksFailed(this ILogger logger, Exception exception);

    [LoggerMessage(704, LogLevel.Information, "The app changed from {From} to {To}: {Reason}.")]
    public static partial void PhaseChanged(this ILogger logger, LifecyclePhase from, LifecyclePhase to, string reason);

    [LoggerMessage(705, LogLevel.Error, "An observer of the app's lifecycle failed.")]
    public static partial void ObserverFailed(this ILogger logger, Exception exception);

    [LoggerMessage(706, LogLevel.Information, "The startup gate {Gate} has passed.")]
    public static partial void GatePassed(this ILogger logger, string gate);

    [LoggerMessage(707, LogLevel.Error, "The startup gate {Gate} failed. The app is not ready until it is restarted.")]
    public static partial void GateFailed(this ILogger logger, string gate, Exception exception);

    [LoggerMessage(708, LogLevel.Warning, "A second stop signal ({Signal}) arrived. The process ends at once.")]
    public static partial void ExitAtOnce(this ILogger logger, System.Runtime.InteropServices.PosixSignal signal);

    [LoggerMessage(709, LogLevel.Information, "The probes are also answered on port {Port}, by a thread of their own.")]
    public static partial void ProbesListening(this ILogger logger, int port);

    [LoggerMessage(710, LogLevel.Error, "The thread of the probes failed and goes on.")]
    public static partial void ListenerFailed(this ILogger logger, Exception exception);
}
