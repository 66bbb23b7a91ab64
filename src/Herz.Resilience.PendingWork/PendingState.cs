namespace Herz.Resilience.PendingWork;

/// <summary>Why a pending operation has not ended yet.</summary>
public enum PendingState
{
    /// <summary>It waits for something that has not happened.</summary>
    Awaiting,

    /// <summary>What it waited for has happened, or it yielded: it waits for a thread.</summary>
    Runnable,

    /// <summary>It runs on a thread, or blocks it.</summary>
    Running,

    /// <summary>An async iterator stands at a <c>yield return</c> and waits for its consumer.</summary>
    Yielded,
}
