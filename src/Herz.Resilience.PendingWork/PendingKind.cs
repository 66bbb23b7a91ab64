namespace Herz.Resilience.PendingWork;

/// <summary>The kind of a pending operation.</summary>
public enum PendingKind
{
    /// <summary>An <c>async Task</c> or <c>async ValueTask</c> method, pooled or not.</summary>
    AsyncMethod,

    /// <summary>An <c>async void</c> method, which no code can await.</summary>
    AsyncVoid,

    /// <summary>An async iterator, from its first <c>MoveNextAsync</c> to its end or its <c>DisposeAsync</c>.</summary>
    AsyncIterator,

    /// <summary>A task without a body that no pending method awaits: a <c>TaskCompletionSource</c>, a delay, a <c>WhenAll</c>.</summary>
    Promise,

    /// <summary>A task that runs a delegate, such as one of <c>Task.Run</c>, queued or running.</summary>
    TaskDelegate,

    /// <summary>An armed timer.</summary>
    Timer,

    /// <summary>A callback registered on a cancellation token.</summary>
    Registration,

    /// <summary>A pool thread or dedicated thread that app code blocks: it waits in the kernel.</summary>
    BlockedThread,
}
