using System.Collections.Concurrent;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// Delivers the changes of one object. They are added under its lock and delivered outside it, each once, in order, by one thread at a time.
/// </summary>
/// <param name="onChange">Called with each change; must not throw.</param>
internal sealed class OrderedDelivery<T>(Action<T> onChange)
{
    private readonly ConcurrentQueue<T> _queue = new();
    private int _delivering;

    public void Add(T change) => _queue.Enqueue(change);

    public void Deliver()
    {
        // Checked again after each release, with a full fence in between: another thread may have added a change while this one was delivering.
        while (!_queue.IsEmpty && Interlocked.CompareExchange(ref _delivering, 1, 0) == 0)
        {
            try
            {
                while (_queue.TryDequeue(out var change))
                {
                    onChange(change);
                }
            }
            finally
            {
                Interlocked.Exchange(ref _delivering, 0);
            }
        }
    }
}
