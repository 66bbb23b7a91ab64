using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Configuration;

internal static partial class ConfigurationLog
{
    [LoggerMessage(1101, LogLevel.Error, "The changed Herz configuration is not valid. The last valid one stays in force: {Errors}")]
    public static partial void ReloadRejected(this ILogger logger, string errors);

    [LoggerMessage(1102, LogLevel.Information, "The Herz configuration is valid again and in force.")]
    public static partial void ReloadRecovered(this ILogger logger);
}
