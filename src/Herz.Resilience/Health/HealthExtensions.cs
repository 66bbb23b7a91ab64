using Herz.Resilience.Hosting;
using Herz.Resilience.Management;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.Health;

/// <summary>Adds the probe to an app that wants this feature without the rest of the bundle.</summary>
public static class HealthExtensions
{
    /// <summary>Registers the probe, configured by <c>Herz:Health</c>; the app's own health checks decide with it.</summary>
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
}
