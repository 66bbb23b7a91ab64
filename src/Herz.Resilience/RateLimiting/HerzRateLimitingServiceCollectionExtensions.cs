using Herz.Resilience;
using Herz.Resilience.Hosting;
using Herz.Resilience.RateLimiting;
using Herz.Resilience.RateLimiting.Keys;
using Herz.Resilience.RateLimiting.Policies;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds rate limits to an app that uses this feature without the rest of the bundle.</summary>
public static class HerzRateLimitingServiceCollectionExtensions
{
    /// <summary>Registers the limits, configured by <c>Herz:RateLimiting</c>.</summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddHerzRateLimiting(this IServiceCollection services)
    {
        services.AddHerzFeature(static options => options.RateLimiting);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPlanCheck, LimitNamesCheck>());
        services.TryAddSingleton<EndpointSurvey>();
        services.TryAddSingleton<KnownProxies>();
        services.TryAddSingleton<UncountedRequests>();
        services.TryAddSingleton<RateLimitingMetrics>();
        return services.AddHerzGuard<RateLimitingGuard>();
    }

    /// <inheritdoc cref="AddHerzRateLimiting(IServiceCollection)"/>
    /// <param name="services">The services of the app.</param>
    /// <param name="configure">Changes the options after the section was read, at start and at every reload.</param>
    public static IServiceCollection AddHerzRateLimiting(this IServiceCollection services, Action<RateLimitingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddHerzRateLimiting().Configure<HerzOptions>(herz => configure(herz.RateLimiting));
    }
}
