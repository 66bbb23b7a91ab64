namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>Work that is abandoned after promotion to generation 2. Only a collection of all generations distinguishes it from a leak.</summary>
internal static class OldGarbage
{
    private static List<TaskCompletionSource>? s_sources;

    public static void Create(int count)
    {
        Start(count);
        GC.Collect();
        GC.Collect();
        s_sources = null;
    }

    private static void Start(int count)
    {
        s_sources = [.. Enumerable.Range(0, count).Select(static _ => new TaskCompletionSource())];
        s_sources.ForEach(static source => _ = Abandoned(source.Task));
    }

    private static async Task Abandoned(Task task) => await task;
}
