using Herz.Resilience;
using Herz.Resilience.BackgroundWork;
using Herz.Resilience.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds only bounded background work to an app, without the rest of the bundle.</summary>
public static class HerzBackgroundWorkServiceCollectionExtensions
{
    /// <summary>Registers <see cref="IBackgroundWork"/>, configured by <c>Herz:BackgroundWork</c>.</summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddHerzBackgroundWork(this IServiceCollection services)
    {
        services.AddHerzFeature(static options => options.BackgroundWork);
        services.TryAddSingleton<BackgroundWorkMetrics>();
        services.TryAddSingleton<WorkReports>();
        services.TryAddSingleton<WorkRunner>();
        services.TryAddSingleton<WorkScopes>();
        services.TryAddSingleton<WorkShutdown>();
        services.TryAddSingleton<BackgroundWorkService>();
        services.TryAddSingleton<IBackgroundWork>(static provider => provider.GetRequiredService<BackgroundWorkService>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BackgroundWorkService>(
            static provider => provider.GetRequiredService<BackgroundWorkService>()));
        return services;
    }

    /// <inheritdoc cref="AddHerzBackgroundWork(IServiceCollection)"/>
    /// <param name="services">The services of the app.</param>
    /// <param name="configure">Changes the options after the section was read, at start and at every reload.</param>
    public static IServiceCollection AddHerzBackgroundWork(this IServiceCollection services, Action<BackgroundWorkOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddHerzBackgroundWork().Configure<HerzOptions>(herz => configure(herz.BackgroundWork));
    }
}
