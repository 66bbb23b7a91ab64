using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Management;

internal static partial class ManagementLog
{
    [LoggerMessage(1201, LogLevel.Error, "Herz:Management:AuthorizationPolicy is \"{Policy}\"; the app has no such authorization policy, so the management pages stay closed.")]
    public static partial void PolicyMissing(this ILogger logger, string policy);

    [LoggerMessage(1202, LogLevel.Information, "Management pages are answered on port {Port} alone.")]
    public static partial void Listening(this ILogger logger, int port);
}
