using Herz.Resilience;
using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.Hosting;
using Herz.Resilience.Management;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds only circuit breakers to an app, without the rest of the bundle.</summary>
public static class HerzCircuitBreakingServiceCollectionExtensions
{
    /// <summary>Registers the circuit breaker of each endpoint, configured by <c>Herz:CircuitBreaking</c>.</summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddHerzCircuitBreaking(this IServiceCollection services)
    {
        services.AddHerzFeature(static options => options.CircuitBreaking);
        services.TryAddSingleton<CircuitBreakingMetrics>();
        services.TryAddSingleton<CircuitRegistry>();
        services.TryAddSingleton<ICircuits>(static provider => provider.GetRequiredService<CircuitRegistry>());
        return services.AddHerzGuard<CircuitBreakingGuard>().AddHerzPage<CircuitsPage>();
    }

    /// <inheritdoc cref="AddHerzCircuitBreaking(IServiceCollection)"/>
    /// <param name="services">The services of the app.</param>
    /// <param name="configure">Changes the options after the section was read, at start and at every reload.</param>
    public static IServiceCollection AddHerzCircuitBreaking(this IServiceCollection services, Action<CircuitBreakingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddHerzCircuitBreaking().Configure<HerzOptions>(herz => configure(herz.CircuitBreaking));
    }
}
