using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>Finds the pending operations among the objects of a snapshot.</summary>
internal sealed class OperationFinder(GraphView view, PendingWorkOptions options, NativeList<GraphOperation> found, AddressMap index)
{
    /// <summary>Whether some pending operations were left out.</summary>
    public bool IsFull { get; private set; }

    public void Find()
    {
        using var listed = Listed();
        for (var node = 0; node < view.Graph.Count; node++)
        {
            switch (view.TypeOf(node).Role)
            {
                case NodeRole.TaskBox when !view.IsCompleted(node):
                    FindMethod(node);
                    break;
                case NodeRole.PooledBox:
                    FindMethod(node);
                    break;
                case NodeRole.RuntimeAsyncTask when !view.IsCompleted(node):
                    Add(node, node, node, PendingKind.AsyncMethod);
                    break;
                case NodeRole.Task when !view.IsCompleted(node):
                    FindTask(node);
                    break;
                case NodeRole.Timer when options.Timers && listed.TryGet(view.Graph[node].Address, out _):
                    FindCallback(node, PendingKind.Timer);
                    break;
                case NodeRole.Registration when options.Registrations && listed.TryGet(view.Graph[node].Address, out _):
                    FindCallback(node, PendingKind.Registration);
                    break;
                default:
                    break;
            }
        }
    }

    // An ended or pooled box is cleared, so no builder in it refers back to it.
    private void FindMethod(int box)
    {
        if (view.Graph.References(box).Contains(view.Graph[box].Address))
        {
            Add(box, box, box, view.TypeOf(box).Kind);
        }
        else if (view.MachineOf(box) is var machine and >= 0)
        {
            var type = view.TypeOf(machine);
            var number = Add(type.Role == NodeRole.Iterator ? machine : box, box, machine, type.Role == NodeRole.Iterator ? type.Kind : view.TypeOf(box).Kind);
            if (number >= 0)
            {
                index.Set(view.Graph[box].Address, number);
                index.Set(view.Graph[machine].Address, number);
            }
        }
    }

    private void FindTask(int task)
    {
        var references = view.Graph.References(task);
        var hasAction = references.Length > 0 && view.RoleAt(references[0]) == NodeRole.Delegate;
        if (hasAction && references.Length > 1 && view.RoleAt(references[1]) == NodeRole.Scheduler)
        {
            Add(task, task, task, PendingKind.TaskDelegate);
        }
        else if (options.Promises && HasContinuation(references[(hasAction ? 1 : 0)..]))
        {
            Add(task, task, task, PendingKind.Promise);
        }
    }

    private bool HasContinuation(ReadOnlySpan<ulong> references)
    {
        foreach (var target in references)
        {
            if (view.RoleAt(target) is NodeRole.TaskBox or NodeRole.PooledBox or NodeRole.Iterator or NodeRole.Delegate or NodeRole.Link or NodeRole.Task)
            {
                return true;
            }
        }

        return false;
    }

    private void FindCallback(int node, PendingKind kind)
    {
        foreach (var target in view.Graph.References(node))
        {
            if (view.RoleAt(target) == NodeRole.Delegate)
            {
                Add(node, node, node, kind);
                return;
            }
        }
    }

    // An armed timer or registered callback is in a list, so the list head or an adjacent entry refers to it.
    private AddressMap Listed()
    {
        var listed = new AddressMap(256);
        for (var node = 0; node < view.Graph.Count; node++)
        {
            if (view.TypeOf(node).Role is NodeRole.Timer or NodeRole.Registration or NodeRole.Registry)
            {
                foreach (var target in view.Graph.References(node))
                {
                    listed.Set(target, node);
                }
            }
        }

        return listed;
    }

    private int Add(int node, int box, int body, PendingKind kind)
    {
        if (found.Count >= options.MaxOperations && !view.TypeOf(box).IsKnownWork)
        {
            IsFull = true;
            return -1;
        }

        found.Add(new GraphOperation { Node = node, Box = box, Body = body, Caller = -1, Kind = kind });
        index.Set(view.Graph[node].Address, found.Count - 1);
        return found.Count - 1;
    }
}
