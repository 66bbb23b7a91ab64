namespace Herz.Resilience.PendingWork.Walking;

/// <summary>The role of a heap object in a walk.</summary>
internal enum HeapRole : byte
{
    /// <summary>Not a pending object.</summary>
    None,

    /// <summary>The box of an async method, which is a task.</summary>
    TaskBox,

    /// <summary>The box of a pooled async method, which is a value task source.</summary>
    PooledBox,

    /// <summary>The state machine of an async iterator, which is a value task source.</summary>
    Iterator,

    /// <summary>The continuation of a waiting runtime-async method.</summary>
    RuntimeContinuation,

    /// <summary>A step of an F# <c>async</c>.</summary>
    FSharpActivation,

    /// <summary>Any other task.</summary>
    Task,

    /// <summary>A timer.</summary>
    Timer,

    /// <summary>A registration on a cancellation token.</summary>
    Registration,
}
