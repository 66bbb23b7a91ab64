using Herz.Resilience;
using Herz.Resilience.Health;
using Herz.Resilience.Health.Checks;
using Herz.Resilience.Health.Lifecycle;
using Herz.Resilience.Health.Listener;
using Herz.Resilience.Health.Probes;
using Herz.Resilience.Hosting;
using Herz.Resilience.Management;
using Microsoft.AspNetCore.Hosting;
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
        services.TryAddSingleton<HealthMetrics>();
        services.TryAddSingleton<AppLifecycle>();
        services.TryAddSingleton<IAppLifecycle>(static provider => provider.GetRequiredService<AppLifecycle>());
        services.TryAddSingleton<HealthMonitor>();
        services.TryAddSingleton<HealthProbe>();
        services.TryAddSingleton<ProbeListener>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ProbeListener>(static provider => provider.GetRequiredService<ProbeListener>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LifecycleService>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HealthMonitor>(static provider => provider.GetRequiredService<HealthMonitor>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, DrainingStartupFilter>());
        return services.AddHerzPage<HealthPage>().AddHerzPage<LivePage>().AddHerzPage<ReadyPage>().AddHerzPage<StartupPage>();
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
