using Herz.Resilience.Pipeline;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds deadlines to the middleware pipeline.</summary>
public static class HerzDeadlinesBuilderExtensions
{
    /// <summary>Gives every request that reaches this middleware the deadline of its endpoint.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException"><c>AddHerzDeadlines()</c> was not called, or <paramref name="app"/> is a branch of an app that has other Herz guards.</exception>
    public static IApplicationBuilder UseHerzDeadlines(this IApplicationBuilder app) =>
        GuardPlacement.Use(app, GuardPlace.Deadlines, nameof(UseHerzDeadlines), "Services.AddHerzDeadlines()");
}
