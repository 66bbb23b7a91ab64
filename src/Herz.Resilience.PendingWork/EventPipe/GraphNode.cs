namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>An object of a heap snapshot.</summary>
internal struct GraphNode
{
    public ulong Address;

    /// <summary>The number of its type.</summary>
    public int Type;

    /// <summary>Where its references begin.</summary>
    public int First;

    /// <summary>How many references that are not null it has, in the order of its fields.</summary>
    public int Count;
}
