namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>An operation found in a snapshot.</summary>
internal struct GraphOperation
{
    /// <summary>The object that represents it.</summary>
    public int Node;

    /// <summary>Its box, which other objects continue with.</summary>
    public int Box;

    /// <summary>The object that holds its awaiters: its box, its state machine or the iterator.</summary>
    public int Body;

    /// <summary>The index of the pending operation that awaits it; -1 if there is none.</summary>
    public int Caller;

    /// <summary>The index of the name of its awaited call.</summary>
    public int Awaits;

    public PendingKind Kind;

    public PendingState State;

    /// <summary>Whether it belongs to another operation and is not listed.</summary>
    public bool IsHidden;

    /// <summary>Whether it awaits another operation of its call stack.</summary>
    public bool IsAwaiting;
}
