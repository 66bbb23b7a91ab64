using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog.Reporting;

/// <summary>The suspected leaks and the last changes. Reports each change once.</summary>
internal sealed class LeakBoard(IEnumerable<ILeakObserver> observers, TimeProvider time, ILogger<LeakBoard> logger)
{
    private const int Capacity = 200;

    private readonly ILeakObserver[] _observers = [.. observers];
    private readonly Lock _lock = new();
    private readonly Dictionary<LeakKey, (Leak Leak, long LastReported)> _leaks = [];
    private readonly Queue<LeakChange> _history = new();

    /// <summary>The suspected leaks, ordered by pending count, largest first.</summary>
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

    /// <summary>The last changes, oldest first.</summary>
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

    /// <summary>Sets the suspected leaks. Leaks that are no longer in the list are cleared.</summary>
    public void Update(IReadOnlyList<Leak> leaks)
    {
        var changes = new List<LeakChange>();
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var keys = leaks.Select(static leak => leak.Key).ToHashSet();
            foreach (var (key, entry) in _leaks.Where(entry => !keys.Contains(entry.Key)).ToArray())
            {
                _leaks.Remove(key);
                if (IsNamedNow(entry.Leak, leaks))
                {
                    continue;
                }

                changes.Add(new LeakChange(entry.Leak, LeakStatus.Cleared, now));
            }

            foreach (var leak in leaks)
            {
                var known = _leaks.TryGetValue(leak.Key, out var entry);

                // The name of a leak that was reported without one is news, not growth.
                var isNew = !known || IsNamedBy(leak, entry.Leak);
                var grown = known && leak.Pending >= 2 * entry.LastReported;
                if (isNew || grown)
                {
                    changes.Add(new LeakChange(leak, isNew ? LeakStatus.Suspected : LeakStatus.Growing, now));
                }

                _leaks[leak.Key] = (leak, !isNew && !grown ? entry.LastReported : Math.Max(1, leak.Pending));
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

        changes.ForEach(Report);
    }

    // A leak that was reported without a name has not stopped when a capture names it.
    private static bool IsNamedNow(Leak leak, IReadOnlyList<Leak> leaks) => leaks.Any(other => other.Origin == leak.Origin && IsNamedBy(other, leak));

    private static bool IsNamedBy(Leak named, Leak leak) => leak is { Method: null, Type: null, Signal: null } && named.Method is not null;

    private void Report(LeakChange change)
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
            // An observer of the app must not stop the watchdog.
            Contained.Run(() => observer.OnLeakChanged(change), exception => logger.ObserverFailed(observer.GetType().FullName ?? observer.GetType().Name, exception));
        }
    }
}
