using Herz.Resilience.Configuration;
using Herz.Resilience.Hosting;
using Herz.Resilience.Pipeline;
using Herz.Resilience.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds limits to an app that wants this feature without the rest of the bundle, and to endpoints.</summary>
public static class RateLimitingExtensions
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
        services.TryAddSingleton<Uncounted>();
        services.TryAddSingleton<RateLimitingMetrics>();
        return services.AddHerzGuard<RateLimitingGuard>();
    }

    /// <summary>Limits every request that passes here.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddHerzRateLimiting"/> was not called, or this is a branch of an app that has other Herz guards.</exception>
    public static IApplicationBuilder UseHerzRateLimiting(this IApplicationBuilder app)
    {
        GuardPlacement.Use(app, GuardNames.RateLimiting, nameof(UseHerzRateLimiting), "Services.AddHerzRateLimiting()");
        return app;
    }

    /// <summary>Limits an endpoint by a policy, besides those that apply to every request.</summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="policy">The name of the policy in <c>Herz:RateLimiting:Policies</c>.</param>
    /// <returns>The same endpoint.</returns>
    /// <exception cref="ArgumentException"><paramref name="policy"/> is empty.</exception>
    public static TBuilder RequireHerzLimit<TBuilder>(this TBuilder builder, string policy) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new HerzLimitAttribute(policy));

    /// <summary>Exempts an endpoint from every limit.</summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <returns>The same endpoint.</returns>
    public static TBuilder DisableHerzLimit<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new DisableHerzLimitAttribute());
}
