using Herz.Resilience.Pipeline;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Places deadlines.</summary>
public static class HerzDeadlinesBuilderExtensions
{
    /// <summary>Gives every request that passes here the deadline of its endpoint.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException"><c>AddHerzDeadlines()</c> was not called, or this is a branch of an app that has other Herz guards.</exception>
    public static IApplicationBuilder UseHerzDeadlines(this IApplicationBuilder app)
    {
        GuardPlacement.Use(app, GuardPlace.Deadlines, nameof(UseHerzDeadlines), "Services.AddHerzDeadlines()");
        return app;
    }
}
