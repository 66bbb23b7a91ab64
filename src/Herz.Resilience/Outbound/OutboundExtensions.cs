using Herz.Resilience.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Herz.Resilience.Outbound;

/// <summary>Adds what outgoing HTTP calls take from their request to an app that wants this feature without the rest of the bundle.</summary>
public static class OutboundExtensions
{
    /// <summary>Gives every client of <c>IHttpClientFactory</c>, typed, named or of gRPC, the deadline of the request it works for.</summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddHerzOutbound(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(OutboundDeadlineHandler)))
        {
            return services;
        }

        services.AddHerzFeature(static options => options.Outbound);
        services.TryAddTransient<OutboundDeadlineHandler>();
        return services.ConfigureHttpClientDefaults(static client => client.AddHttpMessageHandler<OutboundDeadlineHandler>());
    }
}
