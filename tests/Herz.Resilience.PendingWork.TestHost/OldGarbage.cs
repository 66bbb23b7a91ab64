namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>Work that grew old and was given up then: only a collection of all generations tells it from a leak.</summary>
internal static class OldGarbage
{
    private static List<TaskCompletionSource>? s_sources;

    public static void Leave(int count)
    {
        Start(count);
        GC.Collect();
        GC.Collect();
        s_sources = null;
    }

    private static void Start(int count)
    {
        s_sources = [.. Enumerable.Range(0, count).Select(static _ => new TaskCompletionSource())];
        s_sources.ForEach(static source => _ = GivenUp(source.Task));
    }

    private static async Task GivenUp(Task task) => await task;
}
