namespace Herz.Resilience.PendingWork.RuntimeAsyncHost;

/// <summary>Methods that await one another and a task that never ends.</summary>
internal static class Chains
{
    private static readonly List<Task> s_kept = [];

    public static void Start()
    {
        var source = new TaskCompletionSource();
        for (var i = 0; i < 500; i++)
        {
            s_kept.Add(Outer(source.Task));
        }

        for (var i = 0; i < 70; i++)
        {
            s_kept.Add(Inner(source.Task));
        }

        var ending = Enumerable.Range(0, 30).Select(static _ => Outer(Task.Delay(1))).ToArray();
        Task.WaitAll(ending);
    }

    private static async Task Outer(Task task)
    {
        await Inner(task);
        GC.KeepAlive(task);
    }

    private static async Task Inner(Task task)
    {
        await task;
        GC.KeepAlive(task);
    }
}
