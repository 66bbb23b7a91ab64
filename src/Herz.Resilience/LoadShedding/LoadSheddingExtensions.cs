using Herz.Resilience.Hosting;
using Herz.Resilience.LoadShedding;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds load shedding to an app that wants this feature without the rest of the bundle, and priorities to endpoints.</summary>
public static class LoadSheddingExtensions
{
    /// <summary>Registers load shedding, configured by <c>Herz:LoadShedding</c>.</summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddHerzLoadShedding(this IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(OutgoingPriorityHandler)))
        {
            return services;
        }

        services.AddHerzFeature(static options => options.LoadShedding);
        services.TryAddSingleton<LoadSheddingMetrics>();
        services.TryAddTransient<OutgoingPriorityHandler>();
        services.ConfigureHttpClientDefaults(static client => client.AddHttpMessageHandler<OutgoingPriorityHandler>());
        return services.AddHerzGuard<LoadSheddingGuard>();
    }

    /// <summary>Sheds load for every request that passes here.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddHerzLoadShedding"/> was not called, or this is a branch of an app that has other Herz guards.</exception>
    public static IApplicationBuilder UseHerzLoadShedding(this IApplicationBuilder app)
    {
        GuardPlacement.Use(app, GuardNames.LoadShedding, nameof(UseHerzLoadShedding), "Services.AddHerzLoadShedding()");
        return app;
    }

    /// <summary>Tells how much the requests of an endpoint matter when not all can be served.</summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="priority">The priority.</param>
    /// <returns>The same endpoint.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="priority"/> is none of the three.</exception>
    public static TBuilder WithHerzPriority<TBuilder>(this TBuilder builder, RequestPriority priority) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new HerzPriorityAttribute(priority));

    /// <summary>Leaves an endpoint without load shedding.</summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <returns>The same endpoint.</returns>
    public static TBuilder DisableHerzLoadShedding<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new DisableHerzLoadSheddingAttribute());
}
