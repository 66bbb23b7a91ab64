using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog;

internal static partial class LeakWatchdogLog
{
    [LoggerMessage(901, LogLevel.Warning, "A leak is suspected: {Signal} is {Value} and only grows, by about {PerHour:F0} an hour, more than the load explains.")]
    public static partial void LeakSuspected(this ILogger logger, string signal, double value, double perHour);

    [LoggerMessage(902, LogLevel.Information, "The suspicion of a leak is cleared: {Signal} is {Value} and grows no more.")]
    public static partial void LeakCleared(this ILogger logger, string signal, double value);

    [LoggerMessage(903, LogLevel.Error, "A sample of the leak watchdog failed; the next is taken after the interval.")]
    public static partial void SampleFailed(this ILogger logger, Exception exception);
}
