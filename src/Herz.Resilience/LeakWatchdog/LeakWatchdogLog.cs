using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog;

internal static partial class LeakWatchdogLog
{
    [LoggerMessage(901, LogLevel.Warning, "A process counter keeps growing: {Signal} is {Value} and grows by about {PerHour:F0} per hour. The load does not explain this growth.")]
    public static partial void SignalGrows(this ILogger logger, string signal, double value, double perHour);

    [LoggerMessage(902, LogLevel.Information, "A process counter no longer grows: {Signal} is {Value}.")]
    public static partial void SignalCleared(this ILogger logger, string signal, double value);

    [LoggerMessage(903, LogLevel.Error, "A sample of the leak watchdog failed. It is taken again after the interval.")]
    public static partial void SampleFailed(this ILogger logger, Exception exception);

    public static void LeakSuspected(this ILogger logger, Leak leak) => logger.LeakSuspected(leak, leak.Origin, leak.Method, leak.Awaits, leak.Pending);

    public static void LeakGrows(this ILogger logger, Leak leak) => logger.LeakGrows(leak, leak.Origin, leak.Method, leak.Awaits, leak.Pending);

    public static void LeakCleared(this ILogger logger, Leak leak) => logger.LeakCleared(leak, leak.Origin, leak.Method, leak.Awaits, leak.Pending);

    [LoggerMessage(907, LogLevel.Warning, "Pending work cannot be captured in this process: {Reasons}. Leaks are reported by endpoint only.")]
    public static partial void CannotCapture(this ILogger logger, string reasons);

    [LoggerMessage(908, LogLevel.Error, "Leak observer {Observer} threw an exception.")]
    public static partial void ObserverFailed(this ILogger logger, string observer, Exception exception);

    [LoggerMessage(909, LogLevel.Information, "Captured {Pending} pending operations in {Duration} by {CaptureMethod}. Suspected: {Suspects}. Leaks named: {Named}.")]
    public static partial void Captured(this ILogger logger, string captureMethod, int pending, TimeSpan duration, string suspects, int named);

    [LoggerMessage(910, LogLevel.Error, "A check of the leak watchdog failed. The next check runs as scheduled.")]
    public static partial void StepFailed(this ILogger logger, Exception exception);

    // The fields serve structured filters; the text of {Leak} already contains them.
#pragma warning disable SYSLIB1015
    [LoggerMessage(904, LogLevel.Warning, "A leak is suspected. {Leak}")]
    private static partial void LeakSuspected(this ILogger logger, Leak leak, string? origin, string? method, string? awaits, long pending);

    [LoggerMessage(905, LogLevel.Warning, "A leak has grown. {Leak}")]
    private static partial void LeakGrows(this ILogger logger, Leak leak, string? origin, string? method, string? awaits, long pending);

    [LoggerMessage(906, LogLevel.Information, "A leak has stopped. {Leak}")]
    private static partial void LeakCleared(this ILogger logger, Leak leak, string? origin, string? method, string? awaits, long pending);
#pragma warning restore SYSLIB1015
}
