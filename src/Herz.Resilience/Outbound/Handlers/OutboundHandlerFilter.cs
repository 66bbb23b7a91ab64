using Herz.Resilience.Outbound.Hedging;
using Herz.Resilience.Outbound.Others;
using Microsoft.Extensions.Http;

namespace Herz.Resilience.Outbound.Handlers;

/// <summary>
/// Puts the handlers outside of all handlers of a client. A filter and not AddHttpMessageHandler, because only here the name of the client
/// and all of its other handlers are known, in whatever order they were added.
/// </summary>
internal sealed class OutboundHandlerFilter(OutboundCalls clients, GuardedCalls calls, HedgedCalls hedges, UnguardedCalls unguarded) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);

        builder.AdditionalHandlers.Insert(0, new OutboundDeadlineHandler(clients, unguarded, builder.Name));
        if (OtherHandlers.Find(builder) is { } other)
        {
            clients.HasOther(builder.Name ?? "", other);
            builder.AdditionalHandlers.Insert(1, new AccountingHandler(calls));
        }
        else
        {
            builder.AdditionalHandlers.Insert(1, new OutboundHandler(calls, hedges, clients, builder.Name, HasInnerHandlers(builder)));
        }
    };

    // A handler of this bundle changes nothing when a request passes it again.
    private static bool HasInnerHandlers(HttpMessageHandlerBuilder builder) =>
        builder.AdditionalHandlers.Any(static handler => handler.GetType().Assembly != typeof(OutboundHandler).Assembly)
        || builder.PrimaryHandler is DelegatingHandler;
}
