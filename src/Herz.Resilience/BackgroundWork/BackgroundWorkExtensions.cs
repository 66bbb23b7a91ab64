using System.Diagnostics.CodeAnalysis;

namespace Herz.Resilience.BackgroundWork;

/// <summary>
/// Background work with a service, such as a database context, from a scope of its own. The scope is created when the work starts and
/// disposed asynchronously after it has ended, whatever the outcome.
/// </summary>
public static class BackgroundWorkExtensions
{
    /// <summary>Runs work with a service at once, or queues it; see <see cref="IBackgroundWork.Run"/>.</summary>
    /// <typeparam name="TService">The service that the work needs, from a scope of its own.</typeparam>
    /// <param name="background">The background work of the app.</param>
    /// <param name="name">The name of the work in logs and metrics: a constant, never built from data.</param>
    /// <param name="work">The work: its service, and its token.</param>
    /// <param name="options">Options that replace the configuration for this work; null for none.</param>
    /// <returns>The accepted work.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or the options have an invalid deadline or priority.</exception>
    /// <exception cref="WorkRejectedException">The queue is full, or the app is shutting down.</exception>
    /// <exception cref="InvalidOperationException"><typeparamref name="TService"/> is not registered.</exception>
    public static IWorkItem Run<TService>(this IBackgroundWork background, string name, Func<TService, CancellationToken, Task> work, WorkItemOptions? options = null) where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(background);
        return background.Run(name, background.InScope(work), options);
    }

    /// <summary>Like <see cref="Run"/>, but returns false instead of throwing <see cref="WorkRejectedException"/>.</summary>
    /// <typeparam name="TService">The service that the work needs, from a scope of its own.</typeparam>
    /// <param name="background">The background work of the app.</param>
    /// <param name="name">The name of the work in logs and metrics: a constant, never built from data.</param>
    /// <param name="work">The work: its service, and its token.</param>
    /// <param name="options">Options that replace the configuration for this work; null for none.</param>
    /// <param name="item">The accepted work.</param>
    /// <returns>Whether the work was accepted.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or the options have an invalid deadline or priority.</exception>
    /// <exception cref="InvalidOperationException"><typeparamref name="TService"/> is not registered.</exception>
    public static bool TryRun<TService>(this IBackgroundWork background, string name, Func<TService, CancellationToken, Task> work, WorkItemOptions? options, [NotNullWhen(true)] out IWorkItem? item) where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(background);
        return background.TryRun(name, background.InScope(work), options, out item);
    }

    /// <summary>Runs work with a service, unless work with the same name and key already waits or runs; see <see cref="IBackgroundWork.RunOnce"/>.</summary>
    /// <typeparam name="TService">The service that the work needs, from a scope of its own.</typeparam>
    /// <param name="background">The background work of the app.</param>
    /// <param name="name">The name of the work in logs and metrics: a constant, never built from data.</param>
    /// <param name="key">Identifies the work within the name; may be built from data.</param>
    /// <param name="work">The work: its service, and its token.</param>
    /// <param name="options">Options that replace the configuration for this work; null for none.</param>
    /// <returns>The accepted work, or the existing work with the same key.</returns>
    /// <exception cref="ArgumentException">The name or key is empty, or the options have an invalid deadline or priority.</exception>
    /// <exception cref="WorkRejectedException">The queue is full, or the app is shutting down.</exception>
    /// <exception cref="InvalidOperationException"><typeparamref name="TService"/> is not registered.</exception>
    public static IWorkItem RunOnce<TService>(this IBackgroundWork background, string name, string key, Func<TService, CancellationToken, Task> work, WorkItemOptions? options = null) where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(background);
        return background.RunOnce(name, key, background.InScope(work), options);
    }

    /// <summary>Runs work with a service repeatedly, each run in a scope of its own; see <see cref="IBackgroundWork.RunPeriodic"/>.</summary>
    /// <typeparam name="TService">The service that each run needs, from a scope of its own.</typeparam>
    /// <param name="background">The background work of the app.</param>
    /// <param name="name">The name of the work in logs and metrics: a constant, never built from data.</param>
    /// <param name="period">The time between the end of a run and the start of the next; above zero and at most 49 days.</param>
    /// <param name="work">One run of the work: its service, and its token.</param>
    /// <param name="options">Options that replace the configuration for each run; null for none.</param>
    /// <returns>Stops the work when disposed. When the app stops, the work stops automatically.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, the period is not above zero or is above 49 days, or the options have an invalid deadline or priority.</exception>
    /// <exception cref="WorkRejectedException">The app is shutting down.</exception>
    /// <exception cref="InvalidOperationException"><typeparamref name="TService"/> is not registered.</exception>
    public static IDisposable RunPeriodic<TService>(this IBackgroundWork background, string name, TimeSpan period, Func<TService, CancellationToken, Task> work, WorkItemOptions? options = null) where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(background);
        return background.RunPeriodic(name, period, background.InScope(work), options);
    }
}
