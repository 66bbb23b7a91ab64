namespace Herz.Resilience.PendingWork.Walking;

/// <summary>The layout of the objects of one type. All offsets are from the start of the object unless stated otherwise.</summary>
internal sealed class HeapType
{
    public static HeapType Other { get; } = new() { Role = HeapRole.None, Name = "" };

    public required HeapRole Role { get; init; }

    /// <summary>The name of the method, or of the call that waits for the object.</summary>
    public required string Name { get; init; }

    public PendingKind Kind { get; init; }

    public bool IsTask { get; init; }

    /// <summary>Whether it is the task of a runtime-async method: its state object is the innermost continuation.</summary>
    public bool IsRuntimeAsync { get; init; }

    /// <summary>The offset of the state machine or of the reference to it.</summary>
    public int Machine { get; init; }

    /// <summary>Whether the state machine is a separate object, as in debug builds.</summary>
    public bool IsMachineReferenced { get; init; }

    /// <summary>The number of bytes to read of a state machine.</summary>
    public int MachineSize { get; init; }

    /// <summary>The state number, from the start of the state machine; -1 if there is none.</summary>
    public int State { get; init; } = -1;

    /// <summary>The references in its awaiters, from the start of the state machine.</summary>
    public int[] Awaiters { get; init; } = [];

    /// <summary>Whether the awaiters that are no longer in use are not cleared, as in F#.</summary>
    public bool KeepsAwaiters { get; init; }

    /// <summary>The box in the builder of the state machine, from the start of the state machine; -1 if there is none.</summary>
    public int BuilderBox { get; init; } = -1;

    /// <summary>The execution context; for a continuation, its array of references.</summary>
    public int Context { get; init; } = -1;

    /// <summary>The completion flag of a value task source.</summary>
    public int Completed { get; init; } = -1;

    /// <summary>The continuation of a value task source.</summary>
    public int Continuation { get; init; } = -1;

    /// <summary>The word that identifies where a runtime-async method resumes.</summary>
    public int Code { get; init; } = -1;

    /// <summary>The value task source that a task represents; for a continuation of the framework, what it awaits.</summary>
    public int Source { get; init; } = -1;

    /// <summary>The references that lead from a continuation to its caller.</summary>
    public int[] Follow { get; init; } = [];

    /// <summary>The functions in an F# closure.</summary>
    public int[] Functions { get; init; } = [];

    /// <summary>The activation of the caller in an F# closure; -1 if there is none.</summary>
    public int Caller { get; init; } = -1;

    /// <summary>Whether it is an F# closure of the app.</summary>
    public bool IsAppFunction { get; init; }

    /// <summary>The properties of a task that hold the execution context of its delegate; -1 if a search does not need them.</summary>
    public int Properties { get; init; } = -1;

    /// <summary>Whether it is a value task source.</summary>
    public bool IsSource { get; init; }

    /// <summary>Whether it is the list type for several continuations of one task.</summary>
    public bool IsList { get; init; }

    /// <summary>The number of bytes that a reader needs.</summary>
    public int Needed { get; init; }
}
