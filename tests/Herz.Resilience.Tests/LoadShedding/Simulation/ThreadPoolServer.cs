namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>
/// The thread pool with a fixed number of threads and one queue, on which arrivals take their hops and handlers run to
/// their end: how an app looks from inside when handlers block or compute.
/// </summary>
internal sealed class ThreadPoolServer(Simulator simulator, int threads)
{
    private readonly Queue<Action<Action>> _queue = new();
    private int _busy;

    /// <summary>Queues a piece of work; it calls what it is given when it lets go of its thread.</summary>
    public void Queue(Action<Action> work)
    {
        _queue.Enqueue(work);
        Next();
    }

    /// <summary>Queues a piece of work that takes some time.</summary>
    public void Queue(long nanoseconds, Action then) => Queue(release => simulator.After(nanoseconds, () =>
    {
        then();
        release();
    }));

    private void Next()
    {
        while (_busy < threads && _queue.TryDequeue(out var work))
        {
            _busy++;
            work(() =>
            {
                _busy--;
                Next();
            });
        }
    }
}
