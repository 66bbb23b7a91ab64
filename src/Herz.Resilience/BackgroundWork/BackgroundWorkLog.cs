using Microsoft.Extensions.Logging;

namespace Herz.Resilience.BackgroundWork;

internal static partial class BackgroundWorkLog
{
    [LoggerMessage(801, LogLevel.Error, "The background work {Name} (from {Origin}) failed.")]
    public static partial void WorkFailed(this ILogger logger, string name, string? origin, Exception exception);

    [LoggerMessage(802, LogLevel.Warning, "The background work {Name} (from {Origin}) exceeded its deadline of {Deadline} and was cancelled.")]
    public static partial void WorkTimedOut(this ILogger logger, string name, string? origin, TimeSpan deadline);

    [LoggerMessage(803, LogLevel.Error, "The background work {Name} (from {Origin}) ignores its cancelled token: it did not end within {GracePeriod}. It occupies its place until it ends.")]
    public static partial void WorkAbandoned(this ILogger logger, string name, string? origin, TimeSpan gracePeriod);

    [LoggerMessage(804, LogLevel.Information, "The abandoned background work {Name} (from {Origin}) has ended.")]
    public static partial void WorkEndedAfterAll(this ILogger logger, string name, string? origin);

    [LoggerMessage(805, LogLevel.Warning, "The shutdown cancels background work that did not end within {DrainTime}: {Names}.")]
    public static partial void DrainTimedOut(this ILogger logger, TimeSpan drainTime, string names);

    [LoggerMessage(806, LogLevel.Error, "The shutdown abandons background work that ignores its cancelled token, or whose callbacks on the token do not return: {Names}.")]
    public static partial void DrainAbandoned(this ILogger logger, string names);

    [LoggerMessage(807, LogLevel.Warning, "A run of the periodic work {Name} was not accepted. The next run is tried after the period. {Reason}")]
    public static partial void PeriodicRejected(this ILogger logger, string name, string reason);

    [LoggerMessage(808, LogLevel.Warning, "The host's shutdown timeout ended before background work: {Names}. It is cancelled, but may not end before the process. Raise HostOptions.ShutdownTimeout, or lower Herz:BackgroundWork:DrainTimeout.")]
    public static partial void DrainCut(this ILogger logger, string names);

    [LoggerMessage(809, LogLevel.Error, "A callback that the background work {Name} (from {Origin}) registered on its cancellation token threw an exception. The work is cancelled.")]
    public static partial void CallbackFailed(this ILogger logger, string name, string? origin, Exception exception);
}
