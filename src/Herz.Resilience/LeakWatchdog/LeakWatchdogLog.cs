using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog;

internal static partial class LeakWatchdogLog
{
    [LoggerMessage(901, LogLevel.Warning, "A counter of the process only grows: {Signal} is {Value}, by about {PerHour:F0} an hour more, which the load does not explain.")]
    public static partial void SignalGrows(this ILogger logger, string signal, double value, double perHour);

    [LoggerMessage(902, LogLevel.Information, "A counter of the process grows no more: {Signal} is {Value}.")]
    public static partial void SignalCleared(this ILogger logger, string signal, double value);

    [LoggerMessage(903, LogLevel.Error, "A sample of the leak watchdog failed; the next is taken after the interval.")]
    public static partial void SampleFailed(this ILogger logger, Exception exception);

    public static void LeakSuspected(this ILogger logger, Leak leak) => logger.LeakSuspected(leak, leak.Origin, leak.Method, leak.Awaits, leak.Pending);

    public static void LeakGrows(this ILogger logger, Leak leak) => logger.LeakGrows(leak, leak.Origin, leak.Method, leak.Awaits, leak.Pending);

    public static void LeakCleared(this ILogger logger, Leak leak) => logger.LeakCleared(leak, leak.Origin, leak.Method, leak.Awaits, leak.Pending);

    [LoggerMessage(907, LogLevel.Warning, "Pending work cannot be captured here, so a leak is told by its endpoint alone: {Reasons}.")]
    public static partial void CannotCapture(this ILogger logger, string reasons);

    [LoggerMessage(908, LogLevel.Error, "{Observer} threw when it was told of a leak.")]
    public static partial void ObserverFailed(this ILogger logger, string observer, Exception exception);

    [LoggerMessage(909, LogLevel.Information, "{Way} captured {Pending} pending operations in {Duration} for the suspicion of {Suspects}; {Named} leaks are named.")]
    public static partial void Captured(this ILogger logger, string way, int pending, TimeSpan duration, string suspects, int named);

    [LoggerMessage(910, LogLevel.Error, "A step of the leak watchdog failed; the next comes in its time.")]
    public static partial void StepFailed(this ILogger logger, Exception exception);

    // The fields are for whoever filters and counts; the sentence holds them all.
#pragma warning disable SYSLIB1015
    [LoggerMessage(904, LogLevel.Warning, "A leak is suspected. {Leak}")]
    private static partial void LeakSuspected(this ILogger logger, Leak leak, string? origin, string? method, string? awaits, long pending);

    [LoggerMessage(905, LogLevel.Warning, "A leak has grown. {Leak}")]
    private static partial void LeakGrows(this ILogger logger, Leak leak, string? origin, string? method, string? awaits, long pending);

    [LoggerMessage(906, LogLevel.Information, "A leak has stopped. {Leak}")]
    private static partial void LeakCleared(this ILogger logger, Leak leak, string? origin, string? method, string? awaits, long pending);
#pragma warning restore SYSLIB1015
}
