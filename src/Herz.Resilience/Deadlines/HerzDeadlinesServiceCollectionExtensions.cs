using Herz.Resilience;
using Herz.Resilience.Deadlines;
using Herz.Resilience.Deadlines.Framework;
using Herz.Resilience.Deadlines.Tiers;
using Herz.Resilience.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds deadlines to an app that uses this feature without the rest of the bundle.</summary>
public static class HerzDeadlinesServiceCollectionExtensions
{
    /// <summary>Registers request deadlines and <see cref="IDeadlines"/>, configured by <c>Herz:Deadlines</c>.</summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddHerzDeadlines(this IServiceCollection services)
    {
        services.AddHerzFeature(static options => options.Deadlines);
        services.TryAddSingleton<DeadlineMetrics>();
        services.TryAddSingleton<FrameworkTimeouts>();
        services.TryAddSingleton<PathTiersSource>();
        services.AddHerzGuard<DeadlinesGuard>();
        services.TryAddSingleton<IDeadlines, RequestDeadlines>();
        return services;
    }

    /// <inheritdoc cref="AddHerzDeadlines(IServiceCollection)"/>
    /// <param name="services">The services of the app.</param>
    /// <param name="configure">Changes the options after the section is read, at start and at every reload.</param>
    public static IServiceCollection AddHerzDeadlines(this IServiceCollection services, Action<DeadlinesOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddHerzDeadlines().Configure<HerzOptions>(herz => configure(herz.Deadlines));
    }
}
