using System.Collections.Concurrent;

namespace Herz.Resilience.BackgroundWork;

/// <summary>
/// Cancels the tokens of many pieces of work at once. The callbacks on them may block, some for ever: the thread pool, which adds about
/// a thread a second, would run them one after the other, so they have threads of their own; as many as block, at least one.
/// </summary>
internal static class CallbackThreads
{
    public static void Notify(WorkItem[] items)
    {
        var queue = new ConcurrentQueue<WorkItem>(items);
        for (var threads = 0; threads < items.Length && !queue.IsEmpty; threads++)
        {
            new Thread(static queue => NotifyAll((ConcurrentQueue<WorkItem>)queue!)) { IsBackground = true, Name = "Herz background stop" }.UnsafeStart(queue);
        }
    }

    private static void NotifyAll(ConcurrentQueue<WorkItem> queue)
    {
        while (queue.TryDequeue(out var item))
        {
            item.Notify();
        }
    }
}
