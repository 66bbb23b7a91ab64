namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// Work of our own, of which it is known how it stands: a completed task shows what stands for the continuations of all
/// completed tasks, and a method that awaits another shows that both are told as they are.
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

    /// <summary>The object that stands for the continuations of completed tasks; 0 where it is not told.</summary>
    public static ulong Completed(HeapGraph graph, NodeTypes types)
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

    /// <summary>Whether the operations hold the two methods as they stand.</summary>
    public static bool IsAmong(IEnumerable<PendingOperation> operations)
    {
        var told = operations.Select(static operation => $"{operation.Stack} awaits {operation.Awaits}").ToList();
        const string Inner = "Herz.Resilience.PendingWork.EventPipe.KnownWork.Inner";
        const string Outer = "Herz.Resilience.PendingWork.EventPipe.KnownWork.Outer";
        return told.Contains($"{Inner} <- {Outer} awaits TaskCompletionSource<KnownWork.Open>") && told.Contains($"{Outer} awaits {Inner}");
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
