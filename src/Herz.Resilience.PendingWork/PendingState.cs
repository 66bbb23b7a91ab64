namespace Herz.Resilience.PendingWork;

/// <summary>The reason why a pending operation has not ended.</summary>
public enum PendingState
{
    /// <summary>It waits for a call or method that has not completed.</summary>
    Awaiting,

    /// <summary>Its awaited call has completed, or it yielded. It waits for a thread.</summary>
    Runnable,

    /// <summary>It runs on a thread or blocks one.</summary>
    Running,

    /// <summary>An async iterator that has reached a <c>yield return</c> and waits for its consumer.</summary>
    Yielded,
}
