namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>An object of a heap snapshot.</summary>
internal struct GraphNode
{
    public ulong Address;

    /// <summary>The index of its type.</summary>
    public int Type;

    /// <summary>The index of its first reference.</summary>
    public int First;

    /// <summary>The number of its non-null references, which are in field order.</summary>
    public int Count;
}
