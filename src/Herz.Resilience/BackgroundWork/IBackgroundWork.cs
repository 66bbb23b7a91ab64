using System.Diagnostics.CodeAnalysis;

namespace Herz.Resilience.BackgroundWork;

/// <summary>
/// Runs work that outlives its request without leaking it: bounded, with a deadline, named, and drained on shutdown.
/// The work runs detached from the request (no <c>HttpContext</c>, no ambient values) and is linked to its trace.
/// A singleton; inject it anywhere.
/// </summary>
public interface IBackgroundWork
{
    /// <summary>Runs work when there is room, or when its turn comes.</summary>
    /// <param name="name">Names the work in logs and metrics: a constant, such as <c>send-receipt</c>, never made from data.</param>
    /// <param name="work">The work; the token it is given ends with its deadline and with the app.</param>
    /// <param name="options">What this work wants otherwise than the configuration; null for nothing.</param>
    /// <returns>The accepted work.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or the options name no time or priority.</exception>
    /// <exception cref="WorkRejectedException">The queue is full, or the app is shutting down.</exception>
    IWorkItem Run(string name, Func<CancellationToken, Task> work, WorkItemOptions? options = null);

    /// <summary>As <see cref="Run"/>, but returns false where that throws <see cref="WorkRejectedException"/>.</summary>
    /// <returns>Whether the work was accepted.</returns>
    /// <param name="name">Names the work in logs and metrics.</param>
    /// <param name="work">The work.</param>
    /// <param name="options">What this work wants otherwise than the configuration; null for nothing.</param>
    /// <param name="item">The accepted work.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or the options name no time or priority.</exception>
    bool TryRun(string name, Func<CancellationToken, Task> work, WorkItemOptions? options, [NotNullWhen(true)] out IWorkItem? item);

    /// <inheritdoc cref="TryRun(string, Func{CancellationToken, Task}, WorkItemOptions?, out IWorkItem?)"/>
    bool TryRun(string name, Func<CancellationToken, Task> work, [NotNullWhen(true)] out IWorkItem? item) => TryRun(name, work, options: null, out item);

    /// <summary>Runs work unless the same key waits or runs already; that work is returned then.</summary>
    /// <param name="name">Names the work in logs and metrics.</param>
    /// <param name="key">What makes it the same work, within the name; may be made from data.</param>
    /// <param name="work">The work.</param>
    /// <param name="options">What this work wants otherwise than the configuration; null for nothing.</param>
    /// <returns>The accepted work, or that of the same key.</returns>
    /// <exception cref="ArgumentException">The name or key is empty, or the options name no time or priority.</exception>
    /// <exception cref="WorkRejectedException">The queue is full, or the app is shutting down.</exception>
    IWorkItem RunOnce(string name, string key, Func<CancellationToken, Task> work, WorkItemOptions? options = null);

    /// <summary>Runs work again and again; the period begins anew when a run has ended, so runs never overlap.</summary>
    /// <param name="name">Names the work in logs and metrics.</param>
    /// <param name="period">The time between the end of a run and the begin of the next, above zero and at most 49 days.</param>
    /// <param name="work">One run of the work.</param>
    /// <param name="options">What each run wants otherwise than the configuration; null for nothing.</param>
    /// <returns>Stops it when disposed; it stops with the app by itself.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, the period not above zero or above 49 days, or the options name no time or priority.</exception>
    IDisposable RunPeriodic(string name, TimeSpan period, Func<CancellationToken, Task> work, WorkItemOptions? options = null);

    /// <summary>Runs a blocking loop on a thread of its own, outside of the bound on concurrency, until the app stops.</summary>
    /// <param name="name">Names the thread and the work.</param>
    /// <param name="body">The loop; it must return when its token is cancelled.</param>
    /// <returns>The running loop.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="WorkRejectedException">The app is shutting down.</exception>
    IWorkItem RunDedicated(string name, Action<CancellationToken> body);
}

/// <summary>One accepted piece of background work.</summary>
public interface IWorkItem
{
    /// <summary>The name it was given.</summary>
    string Name { get; }

    /// <summary>The route of the request that asked for it; null outside of a request.</summary>
    string? Origin { get; }

    /// <summary>Which waiting work runs first.</summary>
    WorkPriority Priority { get; }

    /// <summary>
    /// Ends with the outcome, once the work ended or was abandoned; never faults, since the outcome says so and the exception is logged.
    /// </summary>
    Task<WorkOutcome> Completion { get; }

    /// <summary>Cancels the work's token. Work that has not begun does not run.</summary>
    void Cancel();
}
