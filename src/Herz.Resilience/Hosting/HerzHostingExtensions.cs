using Herz.Resilience.BackgroundWork;
using Herz.Resilience.Configuration;
using Herz.Resilience.Deadlines;
using Herz.Resilience.Hosting;
using Herz.Resilience.Health;
using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.Metrics;
using Herz.Resilience.Outbound;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.Hosting;

/// <summary>The one call.</summary>
public static class HerzHostingExtensions
{
    /// <summary>
    /// Adds load shedding, rate limits, deadlines, circuit breakers, the health probe, background work, the leak watchdog and metrics,
    /// configured by the section <c>Herz</c>. Places the middleware and maps the endpoints too; a second call is harmless.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the builder, such as <c>WebApplicationBuilder</c>.</typeparam>
    /// <param name="builder">The builder of a web app or of a worker.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static TBuilder UseHerzResilience<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder =>
        builder.UseHerzResilience(static _ => { });

    /// <inheritdoc cref="UseHerzResilience{TBuilder}(TBuilder)"/>
    /// <param name="builder">The builder of a web app or of a worker.</param>
    /// <param name="configure">Changes the options after the section was read, at start and at every reload.</param>
    public static TBuilder UseHerzResilience<TBuilder>(this TBuilder builder, Action<HerzOptions> configure) where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHerzResilience(configure);
        return builder;
    }

    /// <summary>Adds what <see cref="UseHerzResilience{TBuilder}(TBuilder)"/> adds.</summary>
    /// <param name="builder">The builder of a web app or of a worker.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IHostBuilder UseHerzResilience(this IHostBuilder builder) =>
        builder.UseHerzResilience(static _ => { });

    /// <inheritdoc cref="UseHerzResilience(IHostBuilder)"/>
    /// <param name="builder">The builder of a web app or of a worker.</param>
    /// <param name="configure">Changes the options after the section was read, at start and at every reload.</param>
    public static IHostBuilder UseHerzResilience(this IHostBuilder builder, Action<HerzOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        return builder.ConfigureServices(services => services.AddHerzResilience(configure));
    }

    /// <summary>Places the guards here, for an app whose pipeline is not built by a host that runs startup filters. Not needed otherwise.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException">The services of the bundle were not added.</exception>
    public static IApplicationBuilder UseHerzResilience(this IApplicationBuilder app)
    {
        GuardPlacement.Use(app, null, nameof(UseHerzResilience), "UseHerzResilience()");
        return app;
    }

    /// <summary>
    /// Adds what <see cref="UseHerzResilience{TBuilder}(TBuilder)"/> adds, where only the services are at hand, as in an app that is built by an
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
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, HerzStartupFilter>());
        return services;
    }
}
