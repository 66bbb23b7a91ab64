using Herz.Resilience.LoadShedding;
using Herz.Resilience.Pipeline;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds load shedding to a pipeline, and configures it for endpoints.</summary>
public static class HerzLoadSheddingBuilderExtensions
{
    /// <summary>Adds load shedding to this place in the pipeline.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException"><c>AddHerzLoadShedding()</c> was not called, or this is a branch of an app that has other Herz guards.</exception>
    public static IApplicationBuilder UseHerzLoadShedding(this IApplicationBuilder app) =>
        GuardPlacement.Use(app, GuardPlace.LoadShedding, nameof(UseHerzLoadShedding), "Services.AddHerzLoadShedding()");

    /// <summary>Sets the priority of the requests of an endpoint under overload.</summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="priority">The priority.</param>
    /// <returns>The same endpoint.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="priority"/> is none of the three.</exception>
    public static TBuilder WithHerzPriority<TBuilder>(this TBuilder builder, RequestPriority priority) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new HerzPriorityAttribute(priority));

    /// <summary>Excludes an endpoint from load shedding.</summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <returns>The same endpoint.</returns>
    public static TBuilder DisableHerzLoadShedding<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new DisableHerzLoadSheddingAttribute());
}
