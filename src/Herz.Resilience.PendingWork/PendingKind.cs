namespace Herz.Resilience.PendingWork;

/// <summary>What a pending operation is made of.</summary>
public enum PendingKind
{
    /// <summary>An <c>async Task</c> or <c>async ValueTask</c> method, pooled or not.</summary>
    AsyncMethod,

    /// <summary>An <c>async void</c> method: nobody can await it.</summary>
    AsyncVoid,

    /// <summary>An async iterator, from its first <c>MoveNextAsync</c> to its end or its <c>DisposeAsync</c>.</summary>
    AsyncIterator,

    /// <summary>A task without a body that no pending method awaits: a <c>TaskCompletionSource</c>, a delay, a <c>WhenAll</c>.</summary>
    Promise,

    /// <summary>A task that runs a delegate, such as that of <c>Task.Run</c>, queued or running.</summary>
    TaskDelegate,

    /// <summary>An armed timer.</summary>
    Timer,

    /// <summary>A callback registered on a cancellation token.</summary>
    Registration,

    /// <summary>A thread, of the pool or of its own, that waits in the kernel on behalf of the app's own code.</summary>
    BlockedThread,
}
