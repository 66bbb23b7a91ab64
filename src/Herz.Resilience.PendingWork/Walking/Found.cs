namespace Herz.Resilience.PendingWork.Walking;

/// <summary>An object that pends, as it was read from the heap. It lies outside of the heap, so that a walk does not cause collections.</summary>
internal struct Found
{
    /// <summary>Where the object is.</summary>
    public ulong Address;

    /// <summary>What it waits for; of a timer or registration its callback.</summary>
    public ulong Awaited;

    /// <summary>What it will continue with; of a timer or registration the state of its callback.</summary>
    public ulong Continuation;

    /// <summary>Its execution context.</summary>
    public ulong Context;

    /// <summary>The code with which a runtime-async method will go on.</summary>
    public ulong Code;

    /// <summary>The number of its <see cref="HeapType"/>.</summary>
    public int Type;

    /// <summary>The index of who awaits it; -1 for nobody that pends.</summary>
    public int Caller;

    /// <summary>The number of the name of what it awaits.</summary>
    public int Awaits;

    /// <summary>The number of its origin; -1 for none.</summary>
    public int Origin;

    /// <summary>The milliseconds of a timer's period.</summary>
    public uint Period;

    public PendingState State;

    public PendingKind Kind;

    /// <summary>Whether it is part of another operation, and listed with that.</summary>
    public bool IsHidden;

    /// <summary>Whether another operation of its own call stack stands before it.</summary>
    public bool IsAwaiting;
}
