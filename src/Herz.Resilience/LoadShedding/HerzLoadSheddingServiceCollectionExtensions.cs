using Herz.Resilience;
using Herz.Resilience.Hosting;
using Herz.Resilience.LoadShedding;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds load shedding to an app that wants this feature without the rest of the bundle.</summary>
public static class HerzLoadSheddingServiceCollectionExtensions
{
    /// <summary>Registers load shedding, configured by <c>Herz:LoadShedding</c>.</summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddHerzLoadShedding(this IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(OutgoingPriorityHandler)))
        {
            return services;
        }

        services.AddHerzFeature(static options => options.LoadShedding);
        services.TryAddSingleton<LoadSheddingMetrics>();
        services.TryAddTransient<OutgoingPriorityHandler>();
        services.ConfigureHttpClientDefaults(static client => client.AddHttpMessageHandler<OutgoingPriorityHandler>());
        return services.AddHerzGuard<LoadSheddingGuard>();
    }

    /// <inheritdoc cref="AddHerzLoadShedding(IServiceCollection)"/>
    /// <param name="services">The services of the app.</param>
    /// <param name="configure">Changes the options after the section was read, at start and at every reload.</param>
    public static IServiceCollection AddHerzLoadShedding(this IServiceCollection services, Action<LoadSheddingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddHerzLoadShedding().Configure<HerzOptions>(herz => configure(herz.LoadShedding));
    }
}
