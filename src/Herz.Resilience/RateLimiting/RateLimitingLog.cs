using System.Net;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.RateLimiting;

internal static partial class RateLimitingLog
{
    [LoggerMessage(201, LogLevel.Error, "The endpoint {Endpoint} names the policy \"{Policy}\", which is not configured, so this limit does not apply. Policies in Herz:RateLimiting:Policies: {Known}.")]
    public static partial void PolicyUnknown(this ILogger logger, string endpoint, string policy, string known);

    [LoggerMessage(202, LogLevel.Warning, "The policy \"{Policy}\" refused a request from {Peer}. The request has a forwarded address that the app has not processed, so all clients behind that peer share one bucket. If {Peer} is your proxy, add it to KnownProxies or KnownIPNetworks of ForwardedHeaders.")]
    public static partial void ForwardedAddressUnprocessed(this ILogger logger, string policy, IPAddress? peer);

    [LoggerMessage(203, LogLevel.Information, "A request exceeded the built-in limit of {PermitsPerSecond} requests a second per client, burst {Burst}. The built-in limit refuses nothing. To limit clients, set Herz:RateLimiting:Policies:default:PermitsPerSecond and :Burst.")]
    public static partial void BuiltInLimitExceeded(this ILogger logger, double permitsPerSecond, int burst);

    [LoggerMessage(204, LogLevel.Information, "The policy \"{Policy}\" refused its first request, from {Peer}. If many clients share that address, for example behind a load balancer, let the balancer send X-Forwarded-For and configure ForwardedHeaders, or set PartitionBy of the policy to User or ApiKey.")]
    public static partial void ClientRefused(this ILogger logger, string policy, IPAddress? peer);
}
