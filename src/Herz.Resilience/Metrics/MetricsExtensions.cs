using System.Diagnostics.Metrics;
using System.Reflection;
using Herz.Resilience.Configuration;
using Herz.Resilience.Hosting;
using Herz.Resilience.Management;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Metrics;

/// <summary>Adds the Prometheus endpoint to an app that wants it without the rest of the bundle.</summary>
public static class MetricsExtensions
{
    /// <summary>Registers the bridge from the meter <c>Herz.Resilience</c> to Prometheus, configured by <c>Herz:Metrics</c>.</summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddHerzMetrics(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddHerzFeature(static options => options.Metrics);
        if (services.Any(static service => service.ServiceType == typeof(MeterBridge)))
        {
            return services;
        }

        // Once and here, so that what the app says to prometheus-net after this call wins.
        PrometheusNetDefaults.QuietUnlessUsedBy(Assembly.GetEntryAssembly());
        services.TryAddSingleton(static provider => new MeterBridge(
            HerzMeter.Name,
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<Settings<MetricsOptions>>().Value.MaxSeriesPerInstrument,
            provider.GetRequiredService<ILogger<MeterBridge>>()));
        services.TryAddSingleton(static provider => new PrometheusExporter(
            provider.GetRequiredService<MeterBridge>(),
            provider.GetRequiredService<Settings<MetricsOptions>>().Value.IncludeDefaultRegistry ? Prometheus.Metrics.DefaultRegistry : null));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MetricsStart>());
        services.AddHerzGuard<RequestMetrics>();
        return services.AddHerzPage<MetricsPage>();
    }

    /// <summary>Answers <c>Herz:Metrics:Path</c> here and measures every request that passes.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddHerzMetrics"/> was not called, or this is a branch of an app that has other Herz guards.</exception>
    public static IApplicationBuilder UseHerzMetrics(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        ManagementStartupFilter.Place(app);
        GuardPlacement.Use(app, GuardNames.Metrics, nameof(UseHerzMetrics), "Services.AddHerzMetrics()");
        return app;
    }
}
