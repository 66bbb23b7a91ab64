using Herz.Resilience;
using Herz.Resilience.Hosting;
using Herz.Resilience.Outbound;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds only the handling of outgoing HTTP calls to an app, without the rest of the bundle.</summary>
public static class HerzOutboundServiceCollectionExtensions
{
    /// <summary>Tracks each call of <c>IHttpClientFactory</c>'s typed, named and gRPC clients and, if configured, cancels it at the deadline of its request.</summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddHerzOutbound(this IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(OutboundCalls)))
        {
            return services;
        }

        services.AddHerzFeature(static options => options.Outbound);
        services.TryAddSingleton<OutboundMetrics>();
        services.TryAddSingleton<OutboundCalls>();

        // Not AddHttpMessageHandler, because only the options of every client provide the client's name.
        return services.ConfigureHttpClientDefaults(static client => client.Services.ConfigureAll<HttpClientFactoryOptions>(
            static options => options.HttpMessageHandlerBuilderActions.Add(
                static builder => builder.AdditionalHandlers.Add(new OutboundDeadlineHandler(builder.Services.GetRequiredService<OutboundCalls>(), builder.Name)))));
    }

    /// <inheritdoc cref="AddHerzOutbound(IServiceCollection)"/>
    /// <param name="services">The services of the app.</param>
    /// <param name="configure">Changes the options after the section was read, at start and at every reload.</param>
    public static IServiceCollection AddHerzOutbound(this IServiceCollection services, Action<OutboundOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddHerzOutbound().Configure<HerzOptions>(herz => configure(herz.Outbound));
    }
}
