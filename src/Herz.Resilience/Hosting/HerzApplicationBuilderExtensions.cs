using Herz.Resilience.Pipeline;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds all features to a pipeline that is built without startup filters.</summary>
public static class HerzApplicationBuilderExtensions
{
    /// <summary>Adds the guards here. Needed only if the app's pipeline is not built by a host that runs startup filters.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException">The services of the bundle were not added.</exception>
    public static IApplicationBuilder UseHerzResilience(this IApplicationBuilder app) =>
        GuardPlacement.Use(app, null, nameof(UseHerzResilience), "UseHerzResilience()");
}
