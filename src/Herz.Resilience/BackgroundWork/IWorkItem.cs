namespace Herz.Resilience.BackgroundWork;

/// <summary>One accepted piece of background work.</summary>
public interface IWorkItem
{
    /// <summary>The name of the work.</summary>
    string Name { get; }

    /// <summary>The route of the request that started it; null outside a request.</summary>
    string? Origin { get; }

    /// <summary>Which waiting work runs first.</summary>
    WorkPriority Priority { get; }

    /// <summary>
    /// Completes with the outcome when the work has ended or was abandoned. Never faults: a failure is an outcome, and its exception is logged.
    /// </summary>
    Task<WorkOutcome> Completion { get; }

    /// <summary>
    /// Cancels the work. Work that still waits never runs: its place is free at once. Otherwise its token is cancelled; the callbacks
    /// that are registered on the token run on another thread, so this method does not wait for them.
    /// </summary>
    void Cancel();
}
