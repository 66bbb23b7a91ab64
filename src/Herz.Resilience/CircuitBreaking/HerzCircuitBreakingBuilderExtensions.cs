using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.Pipeline;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds circuit breakers to a pipeline, and excludes endpoints from them.</summary>
public static class HerzCircuitBreakingBuilderExtensions
{
    /// <summary>Adds a circuit breaker for each endpoint to this place in the pipeline.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException"><c>AddHerzCircuitBreaking()</c> was not called, or this is a branch of an app that already has other Herz guards.</exception>
    public static IApplicationBuilder UseHerzCircuitBreaking(this IApplicationBuilder app) =>
        GuardPlacement.Use(app, GuardPlace.CircuitBreaking, nameof(UseHerzCircuitBreaking), "Services.AddHerzCircuitBreaking()");

    /// <summary>Excludes an endpoint from circuit breaking.</summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <returns>The same endpoint.</returns>
    public static TBuilder DisableHerzCircuitBreaking<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new DisableHerzCircuitBreakingAttribute());
}
