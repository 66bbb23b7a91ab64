using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.Hosting;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds circuit breakers to an app that wants this feature without the rest of the bundle, and takes endpoints out.</summary>
public static class CircuitBreakingExtensions
{
    /// <summary>Registers the circuit breaker of each endpoint, configured by <c>Herz:CircuitBreaking</c>.</summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddHerzCircuitBreaking(this IServiceCollection services)
    {
        services.AddHerzFeature(static options => options.CircuitBreaking);
        services.TryAddSingleton<CircuitBreakingMetrics>();
        return services.AddHerzGuard<CircuitBreakingGuard>();
    }

    /// <summary>Breaks the circuit of endpoints that fail, for every request that passes here.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddHerzCircuitBreaking"/> was not called, or this is a branch of an app that has other Herz guards.</exception>
    public static IApplicationBuilder UseHerzCircuitBreaking(this IApplicationBuilder app)
    {
        GuardPlacement.Use(app, GuardNames.CircuitBreaking, nameof(UseHerzCircuitBreaking), "Services.AddHerzCircuitBreaking()");
        return app;
    }

    /// <summary>Leaves an endpoint without a circuit breaker.</summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <returns>The same endpoint.</returns>
    public static TBuilder DisableHerzCircuitBreaking<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new DisableHerzCircuitBreakingAttribute());
}
