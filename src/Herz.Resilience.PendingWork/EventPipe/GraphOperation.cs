namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>An operation found in a snapshot.</summary>
internal struct GraphOperation
{
    /// <summary>The object that stands for it.</summary>
    public int Node;

    /// <summary>The object that others continue with: its box.</summary>
    public int Box;

    /// <summary>The object whose references its awaiters are: its box, its state machine, or the iterator.</summary>
    public int Body;

    /// <summary>The number of the operation that awaits it; -1 for none that pends.</summary>
    public int Caller;

    /// <summary>The number of the name of what it awaits.</summary>
    public int Awaits;

    public PendingKind Kind;

    public PendingState State;

    /// <summary>Whether it is part of another operation, and listed with that.</summary>
    public bool IsHidden;

    /// <summary>Whether another operation of its own call stack stands before it.</summary>
    public bool IsAwaiting;
}
