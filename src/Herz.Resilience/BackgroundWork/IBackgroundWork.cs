using System.Diagnostics.CodeAnalysis;

namespace Herz.Resilience.BackgroundWork;

/// <summary>
/// Runs work that outlives its request without a leak: the work is bounded, named, has a deadline, and is drained on shutdown.
/// It is detached from the request (no <c>HttpContext</c>, no ambient values) and linked to the request's trace.
/// A singleton; inject it anywhere.
/// </summary>
public interface IBackgroundWork
{
    /// <summary>Runs work at once, or queues it while <see cref="BackgroundWorkOptions.MaxConcurrency"/> is reached.</summary>
    /// <param name="name">The name of the work in logs and metrics: a constant such as <c>send-receipt</c>, never built from data.</param>
    /// <param name="work">The work; its token is cancelled at its deadline and when the app stops.</param>
    /// <param name="options">Options that replace the configuration for this work; null for none.</param>
    /// <returns>The accepted work.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or the options have an invalid deadline or priority.</exception>
    /// <exception cref="WorkRejectedException">The queue is full, or the app is shutting down.</exception>
    IWorkItem Run(string name, Func<CancellationToken, Task> work, WorkItemOptions? options = null);

    /// <summary>Like <see cref="Run"/>, but returns false instead of throwing <see cref="WorkRejectedException"/>.</summary>
    /// <returns>Whether the work was accepted.</returns>
    /// <param name="name">The name of the work in logs and metrics.</param>
    /// <param name="work">The work.</param>
    /// <param name="options">Options that replace the configuration for this work; null for none.</param>
    /// <param name="item">The accepted work.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or the options have an invalid deadline or priority.</exception>
    bool TryRun(string name, Func<CancellationToken, Task> work, WorkItemOptions? options, [NotNullWhen(true)] out IWorkItem? item);

    /// <inheritdoc cref="TryRun(string, Func{CancellationToken, Task}, WorkItemOptions?, out IWorkItem?)"/>
    bool TryRun(string name, Func<CancellationToken, Task> work, [NotNullWhen(true)] out IWorkItem? item) => TryRun(name, work, options: null, out item);

    /// <summary>
    /// Runs work, unless work with the same name and key already waits or runs; then that work is returned. Work that is being cancelled
    /// is not returned: the new work waits until it has ended or was abandoned.
    /// </summary>
    /// <param name="name">The name of the work in logs and metrics.</param>
    /// <param name="key">Identifies the work within the name; may be built from data.</param>
    /// <param name="work">The work.</param>
    /// <param name="options">Options that replace the configuration for this work; null for none.</param>
    /// <returns>The accepted work, or the existing work with the same key.</returns>
    /// <exception cref="ArgumentException">The name or key is empty, or the options have an invalid deadline or priority.</exception>
    /// <exception cref="WorkRejectedException">The queue is full, or the app is shutting down.</exception>
    IWorkItem RunOnce(string name, string key, Func<CancellationToken, Task> work, WorkItemOptions? options = null);

    /// <summary>Runs work repeatedly. The period starts again when a run has ended, so runs never overlap.</summary>
    /// <param name="name">The name of the work in logs and metrics.</param>
    /// <param name="period">The time between the end of a run and the start of the next; above zero and at most 49 days.</param>
    /// <param name="work">One run of the work.</param>
    /// <param name="options">Options that replace the configuration for each run; null for none.</param>
    /// <returns>Stops the work when disposed. When the app stops, the work stops automatically.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, the period is not above zero or is above 49 days, or the options have an invalid deadline or priority.</exception>
    /// <exception cref="WorkRejectedException">The app is shutting down.</exception>
    IDisposable RunPeriodic(string name, TimeSpan period, Func<CancellationToken, Task> work, WorkItemOptions? options = null);

    /// <summary>Runs a blocking loop on its own thread until the app stops. The concurrency limit does not apply.</summary>
    /// <param name="name">The name of the thread and of the work.</param>
    /// <param name="body">The loop; it must return when its token is cancelled.</param>
    /// <returns>The running loop.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="WorkRejectedException">The app is shutting down.</exception>
    IWorkItem RunDedicated(string name, Action<CancellationToken> body);

    /// <summary>
    /// Gives work a service from a scope of its own: the scope is created when the work starts, and disposed asynchronously after it has
    /// ended, whatever the outcome. <see cref="BackgroundWorkExtensions"/> combines this with the other methods.
    /// </summary>
    /// <typeparam name="TService">The service that the work needs.</typeparam>
    /// <param name="work">The work: its service, and its token.</param>
    /// <returns>The work without the service, for the other methods. Each call creates a scope.</returns>
    /// <exception cref="InvalidOperationException"><typeparamref name="TService"/> is not registered.</exception>
    Func<CancellationToken, Task> InScope<TService>(Func<TService, CancellationToken, Task> work) where TService : notnull;
}
