using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog.Reporting;

/// <summary>The leaks that are suspected now, and what became of those before; tells each change once.</summary>
internal sealed class LeakBoard(IEnumerable<ILeakObserver> observers, TimeProvider time, ILogger<LeakBoard> logger)
{
    private const int Capacity = 200;

    private readonly ILeakObserver[] _observers = [.. observers];
    private readonly Lock _lock = new();
    private readonly Dictionary<object, (Leak Leak, long Told)> _leaks = [];
    private readonly Queue<LeakChange> _history = new();

    /// <summary>What is suspected now, the most pending first.</summary>
    public Leak[] Current
    {
        get
        {
            lock (_lock)
            {
                return [.. _leaks.Values.Select(static entry => entry.Leak).OrderByDescending(static leak => leak.Pending)];
            }
        }
    }

    /// <summary>The last changes, the oldest first.</summary>
    public LeakChange[] History
    {
        get
        {
            lock (_lock)
            {
                return [.. _history];
            }
        }
    }

    /// <summary>Makes known what is suspected now; what was suspected before and is no more is cleared.</summary>
    public void Show(IReadOnlyList<Leak> leaks)
    {
        var changes = new List<LeakChange>();
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var keys = leaks.Select(static leak => (object)leak.Key).ToHashSet();
            foreach (var (key, entry) in _leaks.Where(entry => !keys.Contains(entry.Key)).ToArray())
            {
                _leaks.Remove(key);
                changes.Add(new LeakChange(entry.Leak, LeakStatus.Cleared, now));
            }

            foreach (var leak in leaks)
            {
                var known = _leaks.TryGetValue(leak.Key, out var entry);
                var grown = known && leak.Pending >= 2 * entry.Told;
                if (!known || grown)
                {
                    changes.Add(new LeakChange(leak, known ? LeakStatus.Growing : LeakStatus.Suspected, now));
                }

                _leaks[leak.Key] = (leak, known && !grown ? entry.Told : Math.Max(1, leak.Pending));
            }

            foreach (var change in changes)
            {
                _history.Enqueue(change);
                if (_history.Count > Capacity)
                {
                    _history.Dequeue();
                }
            }
        }

        changes.ForEach(Tell);
    }

    private void Tell(LeakChange change)
    {
        switch (change.Status)
        {
            case LeakStatus.Suspected:
                logger.LeakSuspected(change.Leak);
                break;
            case LeakStatus.Growing:
                logger.LeakGrows(change.Leak);
                break;
            default:
                logger.LeakCleared(change.Leak);
                break;
        }

        foreach (var observer in _observers)
        {
            try
            {
                observer.OnLeakChanged(change);
            }
#pragma warning disable CA1031 // A hook of the app must not end the watchdog.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.ObserverFailed(observer.GetType().FullName ?? observer.GetType().Name, exception);
            }
        }
    }
}
