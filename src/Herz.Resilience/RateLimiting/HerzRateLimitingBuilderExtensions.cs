using Herz.Resilience.Pipeline;
using Herz.Resilience.RateLimiting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds rate limits to the pipeline, and sets the limits of an endpoint.</summary>
public static class HerzRateLimitingBuilderExtensions
{
    /// <summary>Limits every request that reaches this point of the pipeline.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException"><c>AddHerzRateLimiting()</c> was not called, or this is a branch of an app that has other Herz guards.</exception>
    public static IApplicationBuilder UseHerzRateLimiting(this IApplicationBuilder app) =>
        GuardPlacement.Use(app, GuardPlace.RateLimiting, nameof(UseHerzRateLimiting), "Services.AddHerzRateLimiting()");

    /// <summary>Limits an endpoint by a policy, in addition to the policies for every request.</summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="policy">The name of the policy in <c>Herz:RateLimiting:Policies</c>.</param>
    /// <returns>The same endpoint.</returns>
    /// <exception cref="ArgumentException"><paramref name="policy"/> is empty.</exception>
    public static TBuilder RequireHerzRateLimit<TBuilder>(this TBuilder builder, string policy) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new HerzRateLimitAttribute(policy));

    /// <summary>Exempts an endpoint from every limit.</summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <returns>The same endpoint.</returns>
    public static TBuilder DisableHerzRateLimiting<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new DisableHerzRateLimitingAttribute());
}
