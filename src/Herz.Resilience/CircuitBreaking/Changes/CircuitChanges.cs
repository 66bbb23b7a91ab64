using System.Collections.Concurrent;

namespace Herz.Resilience.CircuitBreaking.Changes;

/// <summary>
/// Delivers the changes of one circuit: added under its lock, delivered outside of it, each once and in order, by one thread at a time.
/// </summary>
/// <param name="onChange">Receives each change; it must not throw.</param>
internal sealed class CircuitChanges(Action<CircuitChange> onChange)
{
    private readonly ConcurrentQueue<CircuitChange> _queue = new();
    private int _delivering;

    public void Add(CircuitChange change) => _queue.Enqueue(change);

    public void Deliver()
    {
        // Checked again after each release, with a full fence between, since another thread may have added and found this one delivering.
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
