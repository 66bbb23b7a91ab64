using Herz.Resilience.Configuration;
using Herz.Resilience.Origins;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Calls;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Refusals;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Hosting;

/// <summary>The shared registrations of all features. A second call of any of them changes nothing.</summary>
internal static class HerzServices
{
    /// <summary>Registers the configuration, the clock, the meter and the pipeline that all features share.</summary>
    public static IServiceCollection AddHerzCore(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<HerzOptions>, HerzOptionsSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HerzOptions>, HerzOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StartupCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, PlanStartupFilter>());
        services.TryAddSingleton<PlanMonitor>();
        services.TryAddSingleton<HerzMeter>();
        services.TryAddSingleton<GuardFaults>();
        services.TryAddSingleton<RefusalCounter>();
        services.TryAddSingleton<OriginRegistry>();
        services.TryAddSingleton<EndpointNames>();
        services.TryAddSingleton<AppliedCorsPolicies>();
        ReplaceCors(services);
        services.TryAddSingleton<CorsRefusals>();
        services.TryAddSingleton<RefusalWriter>();
        services.TryAddSingleton<GuardPipelineFactory>();
        return services;
    }

    // The framework's own service is replaced whether it is registered before or after this; the app's own service stays.
    private static void ReplaceCors(IServiceCollection services)
    {
        if (services.LastOrDefault(static service => service.ServiceType == typeof(ICorsService)) is not { } known || known.ImplementationType == typeof(CorsService))
        {
            services.Replace(ServiceDescriptor.Transient<ICorsService, RecordingCorsService>());
        }
    }

    /// <summary>Registers the core, and the feature's own options as <see cref="Settings{TOptions}"/>.</summary>
    public static IServiceCollection AddHerzFeature<TOptions>(this IServiceCollection services, Func<HerzOptions, TOptions> select)
        where TOptions : class
    {
        services.AddHerzCore();
        services.TryAddSingleton(provider => provider.GetRequiredService<PlanMonitor>().SettingsFor(select));
        return services;
    }

    /// <summary>Registers a guard as a singleton and adds it to the pipeline.</summary>
    public static IServiceCollection AddHerzGuard<TGuard>(this IServiceCollection services) where TGuard : RequestGuard
    {
        services.TryAddSingleton<TGuard>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<RequestGuard, TGuard>(static provider => provider.GetRequiredService<TGuard>()));
        return services;
    }

    /// <summary>Registers a guard of outgoing calls as a singleton and adds it to the list.</summary>
    public static IServiceCollection AddHerzCallGuard<TGuard>(this IServiceCollection services) where TGuard : CallGuard
    {
        services.TryAddSingleton<TGuard>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<CallGuard, TGuard>(static provider => provider.GetRequiredService<TGuard>()));
        return services;
    }
}
