using Herz.Resilience;
using Herz.Resilience.Hosting;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The one call, where only the services are at hand.</summary>
public static class HerzServiceCollectionExtensions
{
    /// <summary>
    /// Adds what <see cref="HerzHostingExtensions.UseHerzResilience{TBuilder}(TBuilder)"/> adds, where only the services are at hand, as in an app that is built by an
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
