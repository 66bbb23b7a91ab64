using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// Finds the awaited object and the caller of each operation in a snapshot. A method awaits an object if one of its awaiters
/// refers to it and the object continues with the method.
/// </summary>
internal sealed class GraphLinker(GraphView view, NativeList<GraphOperation> found, AddressMap index, Names names)
{
    private readonly int _completion = names.Number("its completion");
    private readonly int _cancellation = names.Number("cancellation");
    private readonly int _tick = names.Number("its tick");
    private readonly ContinuationPaths _paths = new(view, found, index);

    public void Link()
    {
        for (var i = 0; i < found.Count; i++)
        {
            LinkAwaited(i, ref found[i]);
        }

        for (var i = 0; i < found.Count; i++)
        {
            if (found[i].Caller < 0 && found[i].Kind is not (PendingKind.Timer or PendingKind.Registration))
            {
                LinkCaller(i, ref found[i]);
            }
        }
    }

    private void LinkAwaited(int number, ref GraphOperation at)
    {
        switch (at.Kind)
        {
            case PendingKind.Timer:
                at.Awaits = _tick;
                at.IsHidden = IsOfTask(at.Node);
                break;
            case PendingKind.Registration:
                at.Awaits = _cancellation;
                at.IsHidden = IsOfTask(at.Node);
                break;
            case PendingKind.TaskDelegate:
                at.State = PendingState.Running;
                break;
            case PendingKind.Promise:
                at.Awaits = _completion;
                break;
            case PendingKind.AsyncMethod when view.TypeOf(at.Node).Role == NodeRole.RuntimeAsyncTask:
                break;
            default:
                LinkMethod(number, ref at);
                break;
        }
    }

    // A timer or registration of a task is an implementation detail; the task is the pending operation.
    private bool IsOfTask(int node)
    {
        var references = view.Graph.References(node);
        for (var i = 1; i < references.Length; i++)
        {
            if (view.IsAfterDelegate(references, i))
            {
                return view.RoleAt(references[i]) is NodeRole.Task or NodeRole.TaskBox;
            }
        }

        return false;
    }

    private void LinkMethod(int number, ref GraphOperation at)
    {
        var references = view.Graph.References(at.Body);
        var ended = -1;
        var pending = -1;
        var first = view.AwaitersOf(at.Body);
        for (var i = references.Length - 1; i >= first; i--)
        {
            var target = view.Graph.Find(references[i]);
            if (target < 0 || target == at.Node || (at.Kind == PendingKind.AsyncIterator && view.IsAfterDelegate(references, i)))
            {
                continue;
            }

            if (_paths.ContinuesWith(target, number))
            {
                Await(number, ref at, target);
                return;
            }

            // The awaiter in use is declared last.
            var hasEnded = view.TypeOf(target).IsTask && view.IsCompleted(target);
            ended = hasEnded && ended < 0 ? target : ended;
            pending = !hasEnded && pending < 0 && (view.TypeOf(target).IsTask || index.TryGet(references[i], out _)) ? target : pending;
        }

        if (pending >= 0)
        {
            // The path back to the method is unknown or longer than the search bounds.
            Await(number, ref at, pending);
            return;
        }

        at.Awaits = ended < 0 ? 0 : names.Number(view.TypeOf(ended).Name);
        at.State = at.Kind == PendingKind.AsyncIterator && ended < 0 ? PendingState.Yielded : PendingState.Runnable;
    }

    private void Await(int number, ref GraphOperation at, int target)
    {
        at.State = PendingState.Awaiting;
        index.TryGet(view.Graph[target].Address, out var inner);
        if (inner >= 0 && found[inner].Kind == PendingKind.Promise)
        {
            found[inner].IsHidden = true;
            inner = SourceOf(target) is var source and >= 0 && source != number ? source : inner;
        }

        at.Awaits = names.Number(inner >= 0 && found[inner].Kind == PendingKind.TaskDelegate ? "Task.Run" : view.TypeOf(inner >= 0 ? found[inner].Node : target).Name);
        if (inner >= 0 && found[inner].Caller < 0 && found[inner].Kind != PendingKind.Promise)
        {
            found[inner].Caller = number;
            at.IsAwaiting = true;
        }
    }

    // A task may represent a value task source, which is a separate method.
    private int SourceOf(int task)
    {
        foreach (var target in view.Graph.References(task))
        {
            if (index.TryGet(target, out var source) && view.TypeOf(found[source].Node).Role is NodeRole.PooledBox or NodeRole.Iterator)
            {
                return source;
            }
        }

        return -1;
    }

    private void LinkCaller(int number, ref GraphOperation at)
    {
        if (_paths.CallerOf(number) is var caller and >= 0)
        {
            at.IsHidden = at.Kind == PendingKind.Promise;
            if (!at.IsHidden)
            {
                at.Caller = caller;
                found[caller].IsAwaiting = true;
            }
        }
    }
}
