namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>The role of an object in pending work.</summary>
internal enum NodeRole
{
    /// <summary>None. The object may own a callback or be awaited.</summary>
    Other,

    /// <summary>The box of an async method, which is also its task.</summary>
    TaskBox,

    /// <summary>The box of an async method with a pooling builder.</summary>
    PooledBox,

    /// <summary>A state machine that is a separate object, as in debug builds.</summary>
    Machine,

    /// <summary>An async iterator.</summary>
    Iterator,

    /// <summary>A task without a state machine.</summary>
    Task,

    /// <summary>The task of a runtime-async method, which represents its whole chain.</summary>
    RuntimeAsyncTask,

    /// <summary>A value task source.</summary>
    Source,

    /// <summary>A delegate.</summary>
    Delegate,

    /// <summary>A framework object between a task and its caller: a continuation or a list of continuations.</summary>
    Link,

    /// <summary>An execution context.</summary>
    Context,

    /// <summary>A task scheduler. A started task refers to its scheduler.</summary>
    Scheduler,

    /// <summary>A timer.</summary>
    Timer,

    /// <summary>A callback registered on a cancellation token.</summary>
    Registration,

    /// <summary>The owner of the armed timers or registered callbacks.</summary>
    Registry,

    /// <summary>An <see cref="object"/>, such as the sentinel in the continuations of a completed task.</summary>
    Plain,
}
