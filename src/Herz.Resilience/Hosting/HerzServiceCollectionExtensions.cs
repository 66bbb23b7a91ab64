using Herz.Resilience;
using Herz.Resilience.Hosting;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds all features to a service collection.</summary>
public static class HerzServiceCollectionExtensions
{
    /// <summary>
    /// Adds the same as <see cref="HerzHostingExtensions.UseHerzResilience{TBuilder}(TBuilder)"/>, for code that has only the services, such as an app built by an
    /// <c>IWebHostBuilder</c>.
    /// </summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddHerzResilience(this IServiceCollection services) => services.AddHerzResilience(static _ => { });

    /// <inheritdoc cref="AddHerzResilience(IServiceCollection)"/>
    /// <param name="services">The services of the app.</param>
    /// <param name="configure">Changes the options after the section was read, at start and at every reload.</param>
    public static IServiceCollection AddHerzResilience(this IServiceCollection services, Action<HerzOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddHerzCore();
        services.Configure(configure);
        services.AddHerzHealth();
        services.AddHerzMetrics();
        services.AddHerzDeadlines();
        services.AddHerzLoadShedding();
        services.AddHerzRateLimiting();
        services.AddHerzCircuitBreaking();
        services.AddHerzOutbound();
        services.AddHerzBackgroundWork();
        services.AddHerzLeakWatchdog();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, GuardStartupFilter>());
        return services;
    }
}
