using Microsoft.Extensions.Http;

namespace Herz.Resilience.Outbound.Handlers;

/// <summary>
/// Puts the handlers outside of all handlers of a client. A filter and not AddHttpMessageHandler, because only here the name of the client
/// and all of its other handlers are known, in whatever order they were added.
/// </summary>
internal sealed class OutboundHandlerFilter(OutboundCalls clients, GuardedCalls calls) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);

        // A handler of this bundle changes nothing when a request passes it again.
        var hasInnerHandlers = builder.AdditionalHandlers.Any(static handler => handler.GetType().Assembly != typeof(OutboundHandler).Assembly)
            || builder.PrimaryHandler is DelegatingHandler;
        builder.AdditionalHandlers.Insert(0, new OutboundDeadlineHandler(clients, builder.Name));
        builder.AdditionalHandlers.Insert(1, new OutboundHandler(calls, clients, builder.Name, hasInnerHandlers));
    };
}
