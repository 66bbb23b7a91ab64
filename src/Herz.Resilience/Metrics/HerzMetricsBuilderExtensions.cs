using Herz.Resilience.Management;
using Herz.Resilience.Pipeline;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the metrics page and the measurement of requests to a pipeline.</summary>
public static class HerzMetricsBuilderExtensions
{
    /// <summary>Serves <c>Herz:Metrics:Path</c> and measures every request at this place in the pipeline.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException"><c>AddHerzMetrics()</c> was not called, or this is a branch of an app that already has other Herz guards.</exception>
    public static IApplicationBuilder UseHerzMetrics(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        ManagementStartupFilter.Place(app);
        return GuardPlacement.Use(app, GuardPlace.Metrics, nameof(UseHerzMetrics), "Services.AddHerzMetrics()");
    }
}
