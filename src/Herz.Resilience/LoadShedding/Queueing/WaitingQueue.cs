using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding.Queueing;

/// <summary>
/// The queued requests of one endpoint: by priority, and within a priority the oldest first, until the queue does not drain any
/// more. Then the newest goes first, since it has the most time left, and the oldest is given up (adaptive LIFO of
/// "Fail at Scale", ACM Queue 2015). Not thread-safe.
/// </summary>
internal sealed class WaitingQueue
{
    private const int Priorities = 3;

    private readonly Waiter?[] _oldest = new Waiter?[Priorities];
    private readonly Waiter?[] _newest = new Waiter?[Priorities];

    private readonly int[] _counts = new int[Priorities];

    public int Count { get; private set; }

    /// <summary>The priority of the next request; meaningless while the queue is empty.</summary>
    public RequestPriority Next => (RequestPriority)Highest();

    /// <summary>When the oldest request was queued.</summary>
    public long OldestSince
    {
        get
        {
            var since = long.MaxValue;
            foreach (var waiter in _oldest)
            {
                since = Math.Min(since, waiter?.Since ?? long.MaxValue);
            }

            return since;
        }
    }

    /// <summary>The number of queued requests of this priority or higher.</summary>
    public int CountFrom(RequestPriority priority)
    {
        var count = 0;
        for (var index = (int)priority; index < Priorities; index++)
        {
            count += _counts[index];
        }

        return count;
    }

    public void Add(Waiter waiter)
    {
        var index = (int)waiter.Priority;
        waiter.Older = _newest[index];
        if (waiter.Older is { } older)
        {
            older.Newer = waiter;
        }
        else
        {
            _oldest[index] = waiter;
        }

        _newest[index] = waiter;
        _counts[index]++;
        Count++;
    }

    /// <summary>Removes the next request; the queue must not be empty.</summary>
    public Waiter Take(bool newestFirst)
    {
        var index = Highest();
        return Remove(newestFirst ? _newest[index]! : _oldest[index]!);
    }

    /// <summary>Makes room for a request of this priority: the oldest of the lowest priority, if that is not above it.</summary>
    public Waiter? GiveUp(RequestPriority priority)
    {
        for (var index = 0; index <= (int)priority; index++)
        {
            if (_oldest[index] is { } waiter)
            {
                return Remove(waiter);
            }
        }

        return null;
    }

    /// <summary>Removes a request whose wait has expired.</summary>
    /// <param name="now">The time.</param>
    /// <param name="all">Whether all requests are checked, and not only the oldest of each priority.</param>
    /// <param name="expiry">Which time ends the wait.</param>
    public Waiter? TakeExpired(long now, bool all, Expiry expiry = Expiry.LatestStart)
    {
        for (var index = 0; index < Priorities; index++)
        {
            for (var waiter = _oldest[index]; waiter is not null; waiter = all ? waiter.Newer : null)
            {
                if (waiter.Ends(expiry) <= now)
                {
                    return Remove(waiter);
                }
            }
        }

        return null;
    }

    private int Highest()
    {
        var index = Priorities - 1;
        while (index > 0 && _oldest[index] is null)
        {
            index--;
        }

        return index;
    }

    private Waiter Remove(Waiter waiter)
    {
        var index = (int)waiter.Priority;
        if (waiter.Older is { } older)
        {
            older.Newer = waiter.Newer;
        }
        else
        {
            _oldest[index] = waiter.Newer;
        }

        if (waiter.Newer is { } newer)
        {
            newer.Older = waiter.Older;
        }
        else
        {
            _newest[index] = waiter.Older;
        }

        waiter.Older = waiter.Newer = null;
        _counts[index]--;
        Count--;
        return waiter;
    }
}
