namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>What an object is to the question of what pends.</summary>
internal enum NodeRole
{
    /// <summary>Nothing; it may be what a callback belongs to, or be awaited.</summary>
    Other,

    /// <summary>The box of an async method, which is its task.</summary>
    TaskBox,

    /// <summary>The box of an async method with a pooling builder.</summary>
    PooledBox,

    /// <summary>A state machine that is an object of its own, as in debug builds.</summary>
    Machine,

    /// <summary>An async iterator.</summary>
    Iterator,

    /// <summary>A task without a state machine.</summary>
    Task,

    /// <summary>The task of a runtime-async method, which stands for its whole chain.</summary>
    RuntimeAsyncTask,

    /// <summary>What a value task may stand for.</summary>
    Source,

    /// <summary>A delegate.</summary>
    Delegate,

    /// <summary>The framework's own between a task and who awaits it: continuations, and lists of them.</summary>
    Link,

    /// <summary>An execution context.</summary>
    Context,

    /// <summary>A task scheduler: a task that was started refers to its own.</summary>
    Scheduler,

    /// <summary>A timer.</summary>
    Timer,

    /// <summary>A callback registered on a cancellation token.</summary>
    Registration,

    /// <summary>What holds the armed timers, or the registered callbacks.</summary>
    Registry,

    /// <summary>A <see cref="object"/>, such as the one that stands for the continuations of a completed task.</summary>
    Plain,
}
