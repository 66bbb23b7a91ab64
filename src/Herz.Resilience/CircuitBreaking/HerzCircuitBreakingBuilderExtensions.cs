using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.Pipeline;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Places circuit breakers, and says on an endpoint what applies to it.</summary>
public static class HerzCircuitBreakingBuilderExtensions
{
    /// <summary>Breaks the circuit of endpoints that fail, for every request that passes here.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException"><c>AddHerzCircuitBreaking()</c> was not called, or this is a branch of an app that has other Herz guards.</exception>
    public static IApplicationBuilder UseHerzCircuitBreaking(this IApplicationBuilder app)
    {
        GuardPlacement.Use(app, GuardPlace.CircuitBreaking, nameof(UseHerzCircuitBreaking), "Services.AddHerzCircuitBreaking()");
        return app;
    }

    /// <summary>Leaves an endpoint without a circuit breaker.</summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <returns>The same endpoint.</returns>
    public static TBuilder DisableHerzCircuitBreaking<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new DisableHerzCircuitBreakingAttribute());
}
