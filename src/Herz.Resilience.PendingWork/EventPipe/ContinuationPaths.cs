using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>Follows the continuations of objects in a snapshot. The search is bounded, because a heap may hold any object graph.</summary>
internal sealed class ContinuationPaths(GraphView view, NativeList<GraphOperation> found, AddressMap index)
{
    private const int MaxFollow = 6;
    private const int MaxDetour = 2;
    private const int MaxCompared = 512;
    private const int MaxFollowed = 16;
    private const int MaxVisited = 256;

    private readonly List<ulong> _continuations = [];
    private int _visited;

    /// <summary>Whether an object leads to an operation through continuations.</summary>
    public bool ContinuesWith(int target, int number)
    {
        _visited = 0;
        var type = view.TypeOf(target);
        if (type.IsTask && view.IsCompleted(target))
        {
            return false;
        }

        if (!type.IsMethod)
        {
            // The source of a value task may be a field of the object that holds the continuation.
            return type.IsTask ? LeadsFrom(target, number, MaxFollow, allowOther: false) : LeadsFrom(target, number, MaxDetour, allowOther: true);
        }

        view.Continuations(target, _continuations);
        foreach (var continuation in _continuations)
        {
            if (continuation == BoxOf(number) || Leads(continuation, number, MaxFollow, allowOther: false))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The method that awaits an operation through promises and delegates; -1 if there is none.</summary>
    public int CallerOf(int number)
    {
        _visited = 0;
        var node = found[number].Node;
        if (!view.TypeOf(node).IsMethod)
        {
            return FollowFrom(node, number, MaxFollow);
        }

        view.Continuations(node, _continuations);
        var caller = -1;
        for (var i = 0; i < _continuations.Count && caller < 0; i++)
        {
            // A method that holds another task in a local looks the same, so only framework objects count as continuations.
            caller = view.RoleAt(_continuations[i]) is NodeRole.TaskBox or NodeRole.PooledBox or NodeRole.Iterator ? -1 : Follow(_continuations[i], number, MaxFollow);
        }

        return caller;
    }

    private static bool IsMethod(PendingKind kind) => kind is PendingKind.AsyncMethod or PendingKind.AsyncVoid or PendingKind.AsyncIterator;

    private ulong BoxOf(int number) => view.Graph[found[number].Box].Address;

    private bool Leads(ulong address, int number, int depth, bool allowOther)
    {
        var node = depth == 0 ? -1 : view.Graph.Find(address);
        return node >= 0
            && (view.TypeOf(node).Role is NodeRole.Delegate or NodeRole.Link || (allowOther && view.TypeOf(node).Role is NodeRole.Other or NodeRole.Source))
            && LeadsFrom(node, number, depth, allowOther);
    }

    private bool LeadsFrom(int node, int number, int depth, bool allowOther)
    {
        var references = view.Graph.References(node);
        if (references[..Math.Min(references.Length, MaxCompared)].Contains(BoxOf(number)))
        {
            return true;
        }

        for (var i = 0; i < Math.Min(references.Length, MaxFollowed) && _visited++ < MaxVisited; i++)
        {
            if (Leads(references[i], number, depth - 1, allowOther))
            {
                return true;
            }
        }

        return false;
    }

    private int Follow(ulong address, int from, int depth)
    {
        if (index.TryGet(address, out var number) && IsMethod(found[number].Kind))
        {
            return number == from ? -1 : number;
        }

        var node = depth == 0 || number == from ? -1 : view.Graph.Find(address);
        if (node < 0 || !(view.TypeOf(node).Role is NodeRole.Delegate or NodeRole.Link || view.TypeOf(node).IsPromiseOfFramework))
        {
            return -1;
        }

        var reached = FollowFrom(node, from, depth);
        if (reached >= 0 && number >= 0)
        {
            // A promise between two methods is not a separate operation.
            found[number].IsHidden |= found[number].Kind == PendingKind.Promise;
        }

        return reached;
    }

    private int FollowFrom(int node, int from, int depth)
    {
        var references = view.Graph.References(node);
        for (var i = 0; i < Math.Min(references.Length, MaxFollowed) && _visited++ < MaxVisited; i++)
        {
            if (Follow(references[i], from, depth - 1) is var reached and >= 0)
            {
                return reached;
            }
        }

        return -1;
    }
}
