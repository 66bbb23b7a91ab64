namespace Herz.Resilience.BackgroundWork.Queueing;

/// <summary>
/// The pure core: who runs, who waits, who is refused. First come first served within a priority.
/// Not thread-safe; its owner holds a lock.
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

    /// <summary>One that ran has ended.</summary>
    public void Leave() => Running--;

    /// <summary>The next that may run now; its place is taken.</summary>
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

/// <summary>What becomes of an offered item.</summary>
internal enum QueueVerdict
{
    Run,
    Wait,
    Refuse,
}
