using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Outbound;

internal static partial class OutboundLog
{
    [LoggerMessage(601, LogLevel.Information, "A call of the HTTP client {Client} ended after the request to {Route} that it was made for, or after its deadline: it does not have the request's token. Pass HttpContext.RequestAborted on; or where the client's calls are not shared between requests, set Herz:Outbound:Clients:{Client}:CancelForgotten to true. Further ones are counted in herz.outbound.outlived.")]
    public static partial void Outlived(this ILogger logger, string client, string route);
}
