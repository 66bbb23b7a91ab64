using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>Reads the pending operations from a complete snapshot.</summary>
internal sealed class GraphReading(GraphView view, NodeTypes types, PendingWorkOptions options) : IDisposable
{
    private readonly NativeList<GraphOperation> _found = new();
    private readonly AddressMap _index = new(1024);
    private readonly Names _names = new();

    /// <summary>Whether some pending operations were left out.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Returns the pending operations, and separately the operations of <see cref="KnownWork"/>.</summary>
    public (List<PendingOperation> Operations, List<PendingOperation> Known) Read()
    {
        var finder = new OperationFinder(view, options, _found, _index);
        finder.Find();
        IsFull = finder.IsFull;
        new GraphLinker(view, _found, _index, _names).Link();

        var operations = new List<PendingOperation>(_found.Count);
        var known = new List<PendingOperation>();
        var stacks = new StackBuilder(_found.Count, number => _found[number].Caller, NameOf);
        for (var i = 0; i < _found.Count; i++)
        {
            ref var at = ref _found[i];
            if (!at.IsHidden)
            {
                var into = view.TypeOf(at.Node).IsKnownWork ? known : operations;
                into.Add(new PendingOperation(at.Kind, stacks.Of(i), _names[at.Awaits], at.State, origin: null, !at.IsAwaiting));
            }
        }

        return (operations, known);
    }

    public void Dispose()
    {
        _found.Dispose();
        _index.Dispose();
    }

    private string NameOf(int number) => _found[number].Kind switch
    {
        PendingKind.TaskDelegate => Of("Task.Run", OwnerOf(_found[number].Node)),
        PendingKind.Timer => Of("Timer", OwnerOf(_found[number].Node)),
        PendingKind.Registration => Of("CancellationToken.Register", OwnerOf(_found[number].Node)),
        _ => view.TypeOf(_found[number].Node).Name,
    };

    private static string Of(string call, string? owner) => owner is null ? call : $"{call} of {owner}";

    // The reference after the callback is its state, which identifies the owner better than the target of the callback.
    private string? OwnerOf(int node)
    {
        var references = view.Graph.References(node);
        for (var i = 0; i < references.Length; i++)
        {
            if (view.Graph.Find(references[i]) is var callback and >= 0 && view.TypeOf(callback).Role == NodeRole.Delegate)
            {
                return (i + 1 < references.Length ? OwnerName(references[i + 1], callback) : null) ?? TargetOf(callback);
            }
        }

        return null;
    }

    private string? TargetOf(int callback) =>
        view.Graph.References(callback) is [var target, ..] ? OwnerName(target, callback) : null;

    private string? OwnerName(ulong address, int callback) =>
        view.Graph.Find(address) is var node and >= 0 && node != callback && view.TypeOf(node).Role is not (NodeRole.Context or NodeRole.Scheduler or NodeRole.Link or NodeRole.Registry)
            ? types.OwnerName(view.Graph[node].Type)
            : null;
}
