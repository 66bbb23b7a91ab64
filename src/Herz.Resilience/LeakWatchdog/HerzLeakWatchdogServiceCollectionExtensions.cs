using Herz.Resilience;
using Herz.Resilience.Hosting;
using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.LeakWatchdog.Pages;
using Herz.Resilience.LeakWatchdog.Reporting;
using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Management;
using Herz.Resilience.Origins;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the leak watchdog to an app that uses this feature without the rest of the bundle.</summary>
public static class HerzLeakWatchdogServiceCollectionExtensions
{
    /// <summary>Registers the watchdog, configured by <c>Herz:LeakWatchdog</c>, and its state <c>herz-leaks</c> on the health probe.</summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddHerzLeakWatchdog(this IServiceCollection services)
    {
        services.AddHerzFeature(static options => options.LeakWatchdog);
        services.AddHerzGuard<RequestTracker>();
        AddSignals(services);
        services.TryAddSingleton<FullCollections>();
        services.TryAddSingleton<OriginWatch>();
        services.TryAddSingleton<Capturer>();
        services.TryAddSingleton<CaptureBudget>();
        services.TryAddSingleton<CaptureSchedule>();
        services.TryAddSingleton<LeakBoard>();
        services.TryAddSingleton<LeakWatch>();
        services.TryAddSingleton<LastLook>();
        services.TryAddSingleton<LeakWatchdogMetrics>();
        services.TryAddSingleton<LeakWatchdogService>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LeakWatchdogService>(static provider =>
        {
            provider.GetRequiredService<LeakWatchdogMetrics>();

            // The host resolves hosted services in the execution context in which it starts them.
            EndlessOrigin.Begin(provider.GetRequiredService<OriginRegistry>().Of(OriginRegistry.HostedServices, OriginKind.Hosted));
            return provider.GetRequiredService<LeakWatchdogService>();
        }));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ProbeNote, LeakNote>());
        return services.AddHerzPage<CountersPage>().AddHerzPage<PendingPage>().AddHerzPage<TracePage>();
    }

    /// <inheritdoc cref="AddHerzLeakWatchdog(IServiceCollection)"/>
    /// <param name="services">The services of the app.</param>
    /// <param name="configure">Changes the options after the section is read, at start and at every reload.</param>
    public static IServiceCollection AddHerzLeakWatchdog(this IServiceCollection services, Action<LeakWatchdogOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddHerzLeakWatchdog().Configure<HerzOptions>(herz => configure(herz.LeakWatchdog));
    }

    private static void AddSignals(IServiceCollection services)
    {
        services.TryAddSingleton<SampleHistory>();
        services.TryAddSingleton<SignalSuspicions>();
        services.AddMetrics();
        services.TryAddSingleton<LoadMeters>();
        services.TryAddSingleton<SignalReader>();
        services.TryAddSingleton<SignalWatch>();
    }
}
