namespace Herz.Resilience.PendingWork.Walking;

/// <summary>What an object on the heap is to a walk.</summary>
internal enum HeapRole : byte
{
    /// <summary>Nothing that pends.</summary>
    None,

    /// <summary>The box of an async method; a task.</summary>
    TaskBox,

    /// <summary>The box of a pooled async method; a value task source.</summary>
    PooledBox,

    /// <summary>The state machine of an async iterator; a value task source.</summary>
    Iterator,

    /// <summary>What a runtime-async method that waits leaves behind.</summary>
    RuntimeContinuation,

    /// <summary>Any other task.</summary>
    Task,

    /// <summary>A timer.</summary>
    Timer,

    /// <summary>A registration on a cancellation token.</summary>
    Registration,
}
