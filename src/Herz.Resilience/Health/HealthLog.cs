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
}
