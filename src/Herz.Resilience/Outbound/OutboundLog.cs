using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Outbound;

internal static partial class OutboundLog
{
    [LoggerMessage(601, LogLevel.Information, "A call of the HTTP client {Client} ended after its request to {Route} had ended or exceeded its deadline: the call does not have the request's token. Pass HttpContext.RequestAborted to the call. If the client's calls are not shared between requests, set Herz:Outbound:Clients:{Client}:CancelForgotten to true instead. Further calls are counted in herz.outbound.outlived.")]
    public static partial void Outlived(this ILogger logger, string client, string route);

    [LoggerMessage(602, LogLevel.Warning, "The dependency {Dependency} answered {Status} with Retry-After to calls of several paths and to no other for 2 s, so no call with the same credentials is sent to it for {Wait}. Callers get the same status at once. To change the longest pause, set Herz:Outbound:Dependencies:{Dependency}:MaxRetryAfter.")]
    public static partial void Paused(this ILogger logger, string dependency, int status, TimeSpan wait);

    [LoggerMessage(603, LogLevel.Information, "The HTTP client {Client} has a resilience handler of its own ({Handler}), so its calls are not retried or refused here; they are counted for the dependency. To use the guards of Herz:Outbound instead, call RemoveAllResilienceHandlers() for this client. This is logged once per client.")]
    public static partial void OtherHandler(this ILogger logger, string client, string handler);

    [LoggerMessage(604, LogLevel.Information, "{Route} calls {Host} with an HttpClient that IHttpClientFactory has not made: these calls have no retries, no throttling and no deadline of their request. Register the client with AddHttpClient, or set Herz:Outbound:WatchUnguardedCalls to false. Further calls are counted in herz.outbound.unguarded. This is logged once per host.")]
    public static partial void Unguarded(this ILogger logger, string host, string route);
}
