using Herz.Resilience.Hosting;
using Herz.Resilience.Management;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>Adds the leak watchdog to an app that wants this feature without the rest of the bundle.</summary>
public static class LeakWatchdogExtensions
{
    /// <summary>Registers the watchdog, configured by <c>Herz:LeakWatchdog</c>.</summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddHerzLeakWatchdog(this IServiceCollection services)
    {
        services.AddHerzFeature(static options => options.LeakWatchdog);
        services.AddHerzGuard<RequestCounter>();
        services.TryAddSingleton<SampleHistory>();
        services.TryAddSingleton<LeakSuspicions>();
        services.TryAddSingleton<SignalReader>();
        services.TryAddSingleton<LeakWatchdogMetrics>();
        services.TryAddSingleton<LeakWatchdogService>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LeakWatchdogService>(static provider =>
        {
            provider.GetRequiredService<LeakWatchdogMetrics>();
            return provider.GetRequiredService<LeakWatchdogService>();
        }));
        return services.AddHerzPage<CountersPage>();
    }
}
