namespace Herz.Resilience.BackgroundWork.Queueing;

/// <summary>
/// The pure core: decides whether an item runs, waits or is refused. First in, first out within a priority.
/// Not thread-safe; the owner holds a lock.
/// </summary>
internal sealed class WorkQueue<TItem>(int maxRunning, int maxWaiting)
{
    private readonly LinkedList<TItem>[] _waiting = [new(), new(), new()];
    private readonly LinkedList<TItem> _held = new();

    public int MaxRunning { get; set; } = maxRunning;

    public int MaxWaiting { get; set; } = maxWaiting;

    public int Running { get; private set; }

    public int Waiting { get; private set; }

    /// <param name="item">The item.</param>
    /// <param name="priority">Which waiting item runs first.</param>
    /// <param name="place">The place of an item that waits, for <see cref="Remove"/>; otherwise null.</param>
    public QueueVerdict Offer(TItem item, WorkPriority priority, out LinkedListNode<TItem>? place)
    {
        if (Running >= MaxRunning)
        {
            return Wait(item, _waiting[(int)priority], out place);
        }

        place = null;
        Running++;
        return QueueVerdict.Run;
    }

    /// <summary>Offers an item that may not run before <see cref="Release"/>.</summary>
    public QueueVerdict Hold(TItem item, out LinkedListNode<TItem>? place) => Wait(item, _held, out place);

    /// <summary>From now on, the held item may run. Does nothing if it was removed.</summary>
    public void Release(LinkedListNode<TItem> place, WorkPriority priority)
    {
        if (place.List == _held)
        {
            _held.Remove(place);
            _waiting[(int)priority].AddLast(place);
        }
    }

    /// <summary>Removes a waiting or held item; false if it no longer waits.</summary>
    public bool Remove(LinkedListNode<TItem> place)
    {
        if (place.List is not { } list)
        {
            return false;
        }

        list.Remove(place);
        Waiting--;
        return true;
    }

    /// <summary>A running item has ended.</summary>
    public void Leave() => Running--;

    /// <summary>Dequeues the next item that may run and takes a place for it.</summary>
    public bool TryNext(out TItem item)
    {
        item = default!;
        if (Running >= MaxRunning || Waiting == _held.Count)
        {
            return false;
        }

        var priority = _waiting.Length - 1;
        while (_waiting[priority].First is null)
        {
            priority--;
        }

        item = _waiting[priority].First!.Value;
        _waiting[priority].RemoveFirst();
        Waiting--;
        Running++;
        return true;
    }

    private QueueVerdict Wait(TItem item, LinkedList<TItem> list, out LinkedListNode<TItem>? place)
    {
        place = null;
        if (Waiting >= MaxWaiting)
        {
            return QueueVerdict.Refuse;
        }

        place = list.AddLast(item);
        Waiting++;
        return QueueVerdict.Wait;
    }
}

/// <summary>The decision on an offered item.</summary>
internal enum QueueVerdict
{
    Run,
    Wait,
    Refuse,
}
