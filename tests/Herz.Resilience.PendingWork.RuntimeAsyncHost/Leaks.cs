namespace Herz.Resilience.PendingWork.RuntimeAsyncHost;

/// <summary>Methods that wait for a task that never ends.</summary>
internal static class Leaks
{
    public static async Task Outer(Task task)
    {
        await Inner(task);
        GC.KeepAlive(task);
    }

    public static async Task Inner(Task task)
    {
        await task;
        GC.KeepAlive(task);
    }
}
