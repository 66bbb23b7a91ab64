using System.Diagnostics.Metrics;
using System.Reflection;
using Herz.Resilience;
using Herz.Resilience.Configuration;
using Herz.Resilience.Hosting;
using Herz.Resilience.Management;
using Herz.Resilience.Metrics;
using Herz.Resilience.Metrics.Exposition;
using Herz.Resilience.Metrics.Series;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds only the Prometheus endpoint to an app, without the rest of the bundle.</summary>
public static class HerzMetricsServiceCollectionExtensions
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

        // Only once and here, so that the app can override it after this call.
        PrometheusNetDefaults.SuppressUnlessUsedBy(Assembly.GetEntryAssembly());
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

    /// <inheritdoc cref="AddHerzMetrics(IServiceCollection)"/>
    /// <param name="services">The services of the app.</param>
    /// <param name="configure">Changes the options after the section was read, at start and at every reload.</param>
    public static IServiceCollection AddHerzMetrics(this IServiceCollection services, Action<MetricsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddHerzMetrics().Configure<HerzOptions>(herz => configure(herz.Metrics));
    }
}
