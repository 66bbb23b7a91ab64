using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Outbound;

internal static partial class OutboundLog
{
    [LoggerMessage(601, LogLevel.Information, "A call of the HTTP client {Client} ended after its request to {Route} had ended or exceeded its deadline: the call does not have the request's token. Pass HttpContext.RequestAborted to the call. If the client's calls are not shared between requests, set Herz:Outbound:Clients:{Client}:CancelForgotten to true instead. Further calls are counted in herz.outbound.outlived.")]
    public static partial void Outlived(this ILogger logger, string client, string route);

    [LoggerMessage(602, LogLevel.Warning, "The dependency {Dependency} answered {Status} with Retry-After to several kinds of calls, so no call is sent to it for {Wait}. Callers get the same status at once. To change the longest pause, set Herz:Outbound:Dependencies:{Dependency}:MaxRetryAfter.")]
    public static partial void Paused(this ILogger logger, string dependency, int status, TimeSpan wait);
}
