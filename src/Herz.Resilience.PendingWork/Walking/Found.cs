namespace Herz.Resilience.PendingWork.Walking;

/// <summary>A pending object that was read from the heap. It is stored in native memory, so that a walk causes no garbage collections.</summary>
internal struct Found
{
    /// <summary>The address of the object.</summary>
    public ulong Address;

    /// <summary>The awaited object; for a timer or registration, its callback.</summary>
    public ulong Awaited;

    /// <summary>Its continuation; for a timer or registration, the state of its callback.</summary>
    public ulong Continuation;

    /// <summary>Its execution context; for the continuation of a runtime-async method, its array of references.</summary>
    public ulong Context;

    /// <summary>The word that identifies where a runtime-async method resumes; 0 for other operations.</summary>
    public ulong Code;

    /// <summary>The index of its <see cref="HeapType"/>.</summary>
    public int Type;

    /// <summary>The index of the pending operation that awaits it; -1 if there is none.</summary>
    public int Caller;

    /// <summary>For the task of runtime-async methods, the indices of its innermost and its outermost method plus 1; 0 if there are none.</summary>
    public int Innermost;

    /// <inheritdoc cref="Innermost"/>
    public int Outermost;

    /// <summary>The index of the name of a runtime-async method.</summary>
    public int Method;

    /// <summary>The index of the name of its awaited call.</summary>
    public int Awaits;

    /// <summary>The index of its origin; -1 if it has none.</summary>
    public int Origin;

    /// <summary>The period of a timer in milliseconds.</summary>
    public uint Period;

    public PendingState State;

    public PendingKind Kind;

    /// <summary>Whether it belongs to another operation and is not listed.</summary>
    public bool IsHidden;

    /// <summary>Whether it awaits another operation of its call stack.</summary>
    public bool IsAwaiting;
}
