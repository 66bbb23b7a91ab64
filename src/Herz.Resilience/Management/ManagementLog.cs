using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Management;

internal static partial class ManagementLog
{
    [LoggerMessage(1201, LogLevel.Error, "Herz:Management:AuthorizationPolicy is \"{Policy}\", but the app has no authorization policy of this name. The management pages stay closed.")]
    public static partial void PolicyMissing(this ILogger logger, string policy);

    [LoggerMessage(1202, LogLevel.Information, "The management pages are served only on port {Port}.")]
    public static partial void Listening(this ILogger logger, int port);

    [LoggerMessage(1203, LogLevel.Warning, "The app answers {Path} itself, so the {Page} of Herz is not served there. To have both, set {Key} to another path.")]
    public static partial void AppAnswers(this ILogger logger, string path, string page, string key);

    [LoggerMessage(1204, LogLevel.Information, "Herz:Management:Port is {Port}, but the app runs on the in-memory TestServer. No port is opened, and the management pages are not served.")]
    public static partial void NotListening(this ILogger logger, int port);

    [LoggerMessage(1205, LogLevel.Warning, "Herz:Management:Port is {Port}, but another app in this process listens on it. The management pages of this app are not served. To use any free port, set it to 0.")]
    public static partial void PortOfThisProcess(this ILogger logger, int port);
}
