namespace Herz.Resilience.BackgroundWork.Queueing;

/// <summary>
/// The pure core: decides whether an item runs, waits or is refused. First in, first out within a priority.
/// Not thread-safe; the owner holds a lock.
/// </summary>
internal sealed class WorkQueue<TItem>(int maxRunning, int maxWaiting)
{
    private readonly Queue<TItem>[] _waiting = [new(), new(), new()];

    public int MaxRunning { get; set; } = maxRunning;

    public int MaxWaiting { get; set; } = maxWaiting;

    public int Running { get; private set; }

    public int Waiting { get; private set; }

    public QueueVerdict Offer(TItem item, WorkPriority priority)
    {
        if (Running < MaxRunning)
        {
            Running++;
            return QueueVerdict.Run;
        }

        if (Waiting >= MaxWaiting)
        {
            return QueueVerdict.Refuse;
        }

        _waiting[(int)priority].Enqueue(item);
        Waiting++;
        return QueueVerdict.Wait;
    }

    /// <summary>A running item has ended.</summary>
    public void Leave() => Running--;

    /// <summary>Dequeues the next item that may run and takes a place for it.</summary>
    public bool TryNext(out TItem item)
    {
        item = default!;
        if (Running >= MaxRunning || Waiting == 0)
        {
            return false;
        }

        for (var priority = _waiting.Length - 1; !_waiting[priority].TryDequeue(out item!); priority--)
        {
        }

        Waiting--;
        Running++;
        return true;
    }
}

/// <summary>The decision on an offered item.</summary>
internal enum QueueVerdict
{
    Run,
    Wait,
    Refuse,
}
