using Herz.Resilience.Hosting;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.Management;

internal static class ManagementExtensions
{
    /// <summary>Registers the services that every feature with a page needs.</summary>
    public static IServiceCollection AddHerzManagement(this IServiceCollection services)
    {
        services.AddHerzFeature(static options => options.Management);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPlanCheck, PolicyCheck>());
        services.TryAddSingleton<ManagementAccess>();
        services.TryAddSingleton<AppPages>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, ManagementStartupFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ManagementListener>());
        return services;
    }

    /// <summary>Registers a page.</summary>
    public static IServiceCollection AddHerzPage<TPage>(this IServiceCollection services) where TPage : ManagementPage
    {
        services.AddHerzManagement();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ManagementPage, TPage>());
        return services;
    }
}
