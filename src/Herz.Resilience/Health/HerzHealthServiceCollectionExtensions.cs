using Herz.Resilience;
using Herz.Resilience.Health;
using Herz.Resilience.Hosting;
using Herz.Resilience.Management;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds only the health probe to an app, without the rest of the bundle.</summary>
public static class HerzHealthServiceCollectionExtensions
{
    /// <summary>Registers the health probe, configured by <c>Herz:Health</c>. It includes the app's own health checks.</summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddHerzHealth(this IServiceCollection services)
    {
        services.AddHerzFeature(static options => options.Health);
        services.AddHealthChecks();
        services.TryAddSingleton<LifecycleState>();
        services.TryAddSingleton<HealthMetrics>();
        services.TryAddSingleton<HealthProbe>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DrainService>());
        return services.AddHerzPage<HealthPage>();
    }

    /// <inheritdoc cref="AddHerzHealth(IServiceCollection)"/>
    /// <param name="services">The services of the app.</param>
    /// <param name="configure">Changes the options after the section was read, at start and at every reload.</param>
    public static IServiceCollection AddHerzHealth(this IServiceCollection services, Action<HealthOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddHerzHealth().Configure<HerzOptions>(herz => configure(herz.Health));
    }
}
