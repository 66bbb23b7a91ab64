using Herz.Resilience.Pipeline;

namespace Microsoft.AspNetCore.Builder;

/// <summary>The one call, for a pipeline that is built by hand.</summary>
public static class HerzApplicationBuilderExtensions
{
    /// <summary>Places the guards here, for an app whose pipeline is not built by a host that runs startup filters. Not needed otherwise.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException">The services of the bundle were not added.</exception>
    public static IApplicationBuilder UseHerzResilience(this IApplicationBuilder app)
    {
        GuardPlacement.Use(app, null, nameof(UseHerzResilience), "UseHerzResilience()");
        return app;
    }
}
