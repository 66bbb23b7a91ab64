namespace Herz.Resilience.PendingWork.Walking;

/// <summary>How to read the objects of one type; all offsets count from the start of the object.</summary>
internal sealed class HeapType
{
    public static HeapType Other { get; } = new() { Role = HeapRole.None, Name = "" };

    public required HeapRole Role { get; init; }

    /// <summary>The method, or what waits for such an object.</summary>
    public required string Name { get; init; }

    public PendingKind Kind { get; init; }

    public bool IsTask { get; init; }

    /// <summary>Whether it is the task of a runtime-async method: its state object is the innermost continuation.</summary>
    public bool IsRuntimeAsync { get; init; }

    /// <summary>Where the state machine begins, or the reference to it.</summary>
    public int Machine { get; init; }

    /// <summary>Whether the state machine is an object of its own, as in debug builds.</summary>
    public bool IsMachineReferenced { get; init; }

    /// <summary>The bytes of a state machine that are read.</summary>
    public int MachineSize { get; init; }

    /// <summary>The state number, from the start of the state machine; -1 where there is none.</summary>
    public int State { get; init; } = -1;

    /// <summary>The references in its awaiters, from the start of the state machine.</summary>
    public int[] Awaiters { get; init; } = [];

    /// <summary>The box in the state machine's own builder, from the start of the state machine; -1 where there is none.</summary>
    public int BuilderBox { get; init; } = -1;

    /// <summary>The execution context.</summary>
    public int Context { get; init; } = -1;

    /// <summary>The completion flag of a value task source.</summary>
    public int Completed { get; init; } = -1;

    /// <summary>What a value task source will continue with.</summary>
    public int Continuation { get; init; } = -1;

    /// <summary>The address of the code with which a runtime-async method goes on.</summary>
    public int Code { get; init; } = -1;

    /// <summary>The value task source that a task stands for.</summary>
    public int Source { get; init; } = -1;

    /// <summary>The references through which a continuation leads on to who awaits.</summary>
    public int[] Follow { get; init; } = [];

    /// <summary>The list type behind several continuations of one task.</summary>
    public bool IsList { get; init; }

    /// <summary>The bytes from the start of the object that a reader may touch.</summary>
    public int Needed { get; init; }
}
