using System.Collections.Concurrent;

namespace Herz.Resilience.BackgroundWork;

/// <summary>
/// Cancels the tokens of many pieces of work at once. The callbacks on them may block, some for ever: the thread pool, which adds about
/// a thread a second, would run them one after the other, so they have threads of their own; as many as block, at least one.
/// </summary>
internal sealed class CallbackThreads
{
    private readonly WorkItem[] _items;
    private readonly ConcurrentQueue<WorkItem> _queue;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _pending;

    private CallbackThreads(WorkItem[] items)
    {
        _items = items;
        _queue = new ConcurrentQueue<WorkItem>(items);
        _pending = items.Length;
    }

    /// <summary>Completes when all callbacks have returned.</summary>
    public Task Done => _items.Length == 0 ? Task.CompletedTask : _done.Task;

    /// <summary>The work whose callbacks have not returned.</summary>
    public IEnumerable<WorkItem> Pending => _items.Where(static item => !item.IsNotified);

    public static CallbackThreads Notify(WorkItem[] items)
    {
        var all = new CallbackThreads(items);
        for (var threads = 0; threads < items.Length && !all._queue.IsEmpty; threads++)
        {
            new Thread(static all => ((CallbackThreads)all!).NotifyAll()) { IsBackground = true, Name = "Herz background stop" }.UnsafeStart(all);
        }

        return all;
    }

    private void NotifyAll()
    {
        while (_queue.TryDequeue(out var item))
        {
            item.Notify();
            if (Interlocked.Decrement(ref _pending) == 0)
            {
                _done.SetResult();
            }
        }
    }
}
