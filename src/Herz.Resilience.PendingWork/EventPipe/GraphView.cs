namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// Interprets the references of an object. A snapshot does not name the field of a reference, but references are in field
/// order: base class first, and in each class plain references before structs with references.
/// </summary>
internal sealed class GraphView(HeapGraph graph, NodeTypes types, ulong completed)
{
    public HeapGraph Graph => graph;

    public NodeType TypeOf(int node) => types[graph[node].Type];

    /// <summary>The role of an object; <see cref="NodeRole.Other"/> if it was not kept.</summary>
    public NodeRole RoleAt(ulong address) => graph.Find(address) is var node and >= 0 ? TypeOf(node).Role : NodeRole.Other;

    /// <summary>
    /// Whether a task has ended: it refers to the sentinel that replaces the continuations of a completed task
    /// (<c>s_taskCompletionSentinel</c> in the framework's Task.cs). A task that was created completed never refers to it.
    /// </summary>
    public bool IsCompleted(int task) => graph.References(task).Contains(completed);

    /// <summary>The state machine or iterator that a box and its builder refer to; -1 if the box itself contains it.</summary>
    public int MachineOf(int box)
    {
        foreach (var target in graph.References(box))
        {
            var node = graph.Find(target);
            if (node >= 0 && TypeOf(node).Role is NodeRole.Machine or NodeRole.Iterator && graph.References(node).Contains(graph[box].Address))
            {
                return node;
            }
        }

        return -1;
    }

    /// <summary>The index of the first awaiter of a method. The compiler declares the builder, which refers to the box, before the awaiters.</summary>
    public int AwaitersOf(int body)
    {
        var references = graph.References(body);
        for (var i = 0; i < references.Length; i++)
        {
            if (references[i] == graph[body].Address || IsBoxOf(references[i], body))
            {
                return i + 1;
            }
        }

        return references.Length;
    }

    /// <summary>The possible continuations of a method, by the order of its references.</summary>
    public void Continuations(int node, List<ulong> into)
    {
        into.Clear();
        var references = graph.References(node);
        if (TypeOf(node).Role == NodeRole.TaskBox)
        {
            // A task box uses only two fields of Task: the execution context, then the continuation.
            var at = references.Length > 0 && RoleAt(references[0]) == NodeRole.Context ? 1 : 0;
            if (at < references.Length && references[at] != graph[node].Address)
            {
                into.Add(references[at]);
            }

            return;
        }

        for (var i = 1; i < references.Length; i++)
        {
            if (IsAfterDelegate(references, i))
            {
                into.Add(references[i]);
            }
        }
    }

    /// <summary>Whether a reference follows a delegate: a value task source holds the delegate and then its argument.</summary>
    public bool IsAfterDelegate(ReadOnlySpan<ulong> references, int at) => at > 0 && RoleAt(references[at - 1]) == NodeRole.Delegate;

    private bool IsBoxOf(ulong address, int body) =>
        TypeOf(body).Role is NodeRole.Machine or NodeRole.Iterator
        && graph.Find(address) is var node and >= 0
        && TypeOf(node).Role is NodeRole.TaskBox or NodeRole.PooledBox
        && graph.References(node).Contains(graph[body].Address);
}
