namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// Reference work in a known state. Its completed task identifies the sentinel in the continuations of completed tasks. Its
/// two methods, one awaiting the other, verify that a snapshot is interpreted correctly.
/// </summary>
internal sealed class KnownWork : IDisposable
{
    private readonly TaskCompletionSource<Ended> _ended = new();
    private readonly TaskCompletionSource<Open> _open = new();
    private readonly Task _chain;

    public KnownWork()
    {
        _ended.SetResult(default);
        _chain = Outer(_open.Task);
    }

    /// <summary>The sentinel in the continuations of completed tasks; 0 if it is not found.</summary>
    public static ulong CompletedSentinel(HeapGraph graph, NodeTypes types)
    {
        for (var node = 0; node < graph.Count; node++)
        {
            if (types[graph[node].Type].Type == typeof(Task<Ended>) && graph.References(node) is [var only]
                && graph.Find(only) is var target and >= 0 && types[graph[target].Type].Role == NodeRole.Plain)
            {
                return only;
            }
        }

        return 0;
    }

    /// <summary>Whether the operations contain the two methods with the correct stacks.</summary>
    public static bool IsIn(IEnumerable<PendingOperation> operations)
    {
        var texts = operations.Select(static operation => $"{operation.Stack} awaits {operation.Awaits}").ToList();
        const string Inner = "Herz.Resilience.PendingWork.EventPipe.KnownWork.Inner";
        const string Outer = "Herz.Resilience.PendingWork.EventPipe.KnownWork.Outer";
        return texts.Contains($"{Inner} <- {Outer} awaits TaskCompletionSource<KnownWork.Open>") && texts.Contains($"{Outer} awaits {Inner}");
    }

    /// <summary>Ends the work.</summary>
    public void Dispose()
    {
        _open.TrySetResult(default);
        GC.KeepAlive(_ended);
        GC.KeepAlive(_chain);
    }

    private static async Task Outer(Task<Open> task) => await Inner(task).ConfigureAwait(false);

    private static async Task<Open> Inner(Task<Open> task) => await task.ConfigureAwait(false);

    private readonly struct Ended;

    private readonly struct Open;
}
