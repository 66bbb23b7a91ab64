namespace Herz.Resilience.LoadShedding.Threads;

/// <summary>
/// The bulkhead: threads for handlers that block theirs, so that everything else finds a thread in the pool.
/// Threads start when needed, their number is bounded, and idle ones end.
/// </summary>
internal sealed class HandlerThreads(int most, TimeSpan idle)
{
    private readonly object _lock = new();
    private readonly Queue<IThreadPoolWorkItem> _work = new();
    private int _count;
    private int _idle;

    /// <summary>The number of threads.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>Runs <paramref name="work"/> on one of the threads; false if none is free and the maximum is reached.</summary>
    public bool TryRun(IThreadPoolWorkItem work)
    {
        lock (_lock)
        {
            if (_idle > _work.Count)
            {
                _work.Enqueue(work);
                Monitor.Pulse(_lock);
                return true;
            }

            if (_count == most)
            {
                return false;
            }

            _count++;
            _work.Enqueue(work);
        }

        try
        {
            // The first request that needs a thread must not leave its context on it.
            new Thread(Run) { IsBackground = true, Name = "Herz handler" }.UnsafeStart();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            return NotStarted(work);
        }

        return true;
    }

    // Another of the threads may have taken it by now.
    private bool NotStarted(IThreadPoolWorkItem work)
    {
        lock (_lock)
        {
            _count--;
            var others = _work.ToArray();
            _work.Clear();
            foreach (var other in others)
            {
                if (!ReferenceEquals(other, work))
                {
                    _work.Enqueue(other);
                }
            }

            return _work.Count == others.Length;
        }
    }

    private void Run()
    {
        while (TryTake(out var work))
        {
            work!.Execute();
        }
    }

    private bool TryTake(out IThreadPoolWorkItem? work)
    {
        lock (_lock)
        {
            while (!_work.TryDequeue(out work))
            {
                _idle++;
                var isPulsed = Monitor.Wait(_lock, idle);
                _idle--;
                if (!isPulsed && _work.Count == 0)
                {
                    _count--;
                    return false;
                }
            }

            return true;
        }
    }
}
