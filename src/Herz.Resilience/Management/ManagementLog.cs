using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Management;

internal static partial class ManagementLog
{
    [LoggerMessage(1201, LogLevel.Error, "Herz:Management:AuthorizationPolicy is \"{Policy}\"; the app has no such authorization policy, so the management pages stay closed.")]
    public static partial void PolicyMissing(this ILogger logger, string policy);

    [LoggerMessage(1202, LogLevel.Information, "Management pages are answered on port {Port} alone.")]
    public static partial void Listening(this ILogger logger, int port);

    [LoggerMessage(1203, LogLevel.Warning, "The app answers {Path} itself, so the {Page} of Herz is not answered there. To have both, set {Key} to another path.")]
    public static partial void AppAnswers(this ILogger logger, string path, string page, string key);

    [LoggerMessage(1204, LogLevel.Information, "Herz:Management:Port is {Port}, but the app runs on the in-memory TestServer: no port is opened, and the management pages are not answered.")]
    public static partial void NotListening(this ILogger logger, int port);

    [LoggerMessage(1205, LogLevel.Warning, "Herz:Management:Port is {Port}, which another app of this process listens on: the management pages of this app are not answered. Set it to 0 for any free port.")]
    public static partial void PortOfThisProcess(this ILogger logger, int port);
}
