namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// Reads what the references of an object mean. Which field a reference is in is not told, but they come in the order in
/// which the fields lie: those of a base class first, in each class plain references before structs that hold some.
/// </summary>
internal sealed class GraphView(HeapGraph graph, NodeTypes types, ulong completed)
{
    public HeapGraph Graph => graph;

    public NodeType TypeOf(int node) => types[graph[node].Type];

    /// <summary>The role of an object; <see cref="NodeRole.Other"/> where it was not kept.</summary>
    public NodeRole RoleAt(ulong address) => graph.Find(address) is var node and >= 0 ? TypeOf(node).Role : NodeRole.Other;

    /// <summary>
    /// Whether a task has ended: it refers to the object that stands for the continuations of a completed task, which are gone
    /// (<c>s_taskCompletionSentinel</c> in the framework's Task.cs). One that was born completed never gets there.
    /// </summary>
    public bool IsCompleted(int task) => graph.References(task).Contains(completed);

    /// <summary>The state machine or iterator that a box leads to and that leads back; -1 where the box holds it itself.</summary>
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

    /// <summary>Where the awaiters of a method begin: after the reference of its builder to its box, which the compiler declares before them.</summary>
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

    /// <summary>What a method continues with, as far as the order of its references tells.</summary>
    public void Continuations(int node, List<ulong> into)
    {
        into.Clear();
        var references = graph.References(node);
        if (TypeOf(node).Role == NodeRole.TaskBox)
        {
            // Of a task's own fields only two are in use here: its execution context, and then its continuation.
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

    /// <summary>A value task source keeps the delegate to call, and after it the object to call it with.</summary>
    public bool IsAfterDelegate(ReadOnlySpan<ulong> references, int at) => at > 0 && RoleAt(references[at - 1]) == NodeRole.Delegate;

    private bool IsBoxOf(ulong address, int body) =>
        TypeOf(body).Role is NodeRole.Machine or NodeRole.Iterator
        && graph.Find(address) is var node and >= 0
        && TypeOf(node).Role is NodeRole.TaskBox or NodeRole.PooledBox
        && graph.References(node).Contains(graph[body].Address);
}
