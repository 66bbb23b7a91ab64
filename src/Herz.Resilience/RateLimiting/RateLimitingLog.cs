using System.Net;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.RateLimiting;

internal static partial class RateLimitingLog
{
    [LoggerMessage(201, LogLevel.Error, "The endpoint {Endpoint} names the limit \"{Policy}\", which is not configured, so it is not limited by it; Herz:RateLimiting:Policies has {Known}.")]
    public static partial void PolicyUnknown(this ILogger logger, string endpoint, string policy, string known);

    [LoggerMessage(202, LogLevel.Warning, "Requests from {Peer} carry a forwarded address that has not been processed on arrival. If the app stands behind a proxy, configure ForwardedHeaders with the proxy as known; else all its clients share the proxy's limit.")]
    public static partial void ForwardedHeadersSeen(this ILogger logger, IPAddress? peer);
}
