using System.Net;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.RateLimiting;

internal static partial class RateLimitingLog
{
    [LoggerMessage(201, LogLevel.Error, "The endpoint {Endpoint} names the limit \"{Policy}\", which is not configured, so it is not limited by it; Herz:RateLimiting:Policies has {Known}.")]
    public static partial void PolicyUnknown(this ILogger logger, string endpoint, string policy, string known);

    [LoggerMessage(202, LogLevel.Warning, "The limit \"{Policy}\" refused a request from {Peer} that carries a forwarded address which the app has not processed. All clients behind that peer share one bucket. If {Peer} is a proxy of yours, configure ForwardedHeaders with it as known (KnownProxies or KnownIPNetworks).")]
    public static partial void ForwardedAddressUnprocessed(this ILogger logger, string policy, IPAddress? peer);

    [LoggerMessage(203, LogLevel.Information, "The built-in limit of {PermitsPerSecond} requests a second for each client, with a burst of {Burst}, would have refused a request. It refuses nothing, since nobody configured it. To limit clients, set Herz:RateLimiting:Policies:default:PermitsPerSecond and :Burst.")]
    public static partial void BuiltInLimitExceeded(this ILogger logger, double permitsPerSecond, int burst);

    [LoggerMessage(204, LogLevel.Information, "The limit \"{Policy}\" refused a request from {Peer} for the first time. If many clients share that address, as behind a balancer that forwards none, let the balancer send X-Forwarded-For and configure ForwardedHeaders, or partition the policy by User or ApiKey.")]
    public static partial void ClientRefused(this ILogger logger, string policy, IPAddress? peer);
}
