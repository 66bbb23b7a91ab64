using Herz.Resilience.Configuration;
using Herz.Resilience.Hosting;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Herz.Resilience.Deadlines;

/// <summary>Adds deadlines to an app that wants this feature without the rest of the bundle.</summary>
public static class DeadlinesExtensions
{
    /// <summary>Registers the deadline of requests and <see cref="IDeadlines"/>, configured by <c>Herz:Deadlines</c>.</summary>
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

    /// <summary>Gives every request that passes here the deadline of its endpoint.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddHerzDeadlines"/> was not called, or this is a branch of an app that has other Herz guards.</exception>
    public static IApplicationBuilder UseHerzDeadlines(this IApplicationBuilder app)
    {
        GuardPlacement.Use(app, GuardNames.Deadlines, nameof(UseHerzDeadlines), "Services.AddHerzDeadlines()");
        return app;
    }
}
