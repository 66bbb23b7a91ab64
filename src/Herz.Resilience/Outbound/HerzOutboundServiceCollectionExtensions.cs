using Herz.Resilience;
using Herz.Resilience.Hosting;
using Herz.Resilience.Outbound;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what outgoing HTTP calls take from their request to an app that wants this feature without the rest of the bundle.</summary>
public static class HerzOutboundServiceCollectionExtensions
{
    /// <summary>Watches, and where configured ends with the deadline of its request, each call of <c>IHttpClientFactory</c>'s clients: typed, named or of gRPC.</summary>
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

        // By the options of every client, not AddHttpMessageHandler: only there is the name of the client known.
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
