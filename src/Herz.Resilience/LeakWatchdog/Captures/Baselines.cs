using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.PendingWork;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>What earlier captures of a suspicion held: what may rightly wait for long is a leak only if there is more and more of it.</summary>
internal sealed class Baselines
{
    private const int LeastGrowth = 10;

    // As much as of any other origin; a pool that fills adds less, and then nothing.
    private const double LeastPerWindow = 3;

    // As requests that hang: jobs of some minutes come and go.
    private const int LeastAge = 10;

    private readonly Dictionary<string, (PendingWorkProfile Profile, double Value)> _bySignal = [];
    private readonly Dictionary<object, (Leak Leak, DateTimeOffset At)> _byLeak = [];

    /// <summary>How many there are; one more tells that the next capture has something to be held against.</summary>
    public int Count => _bySignal.Count + _byLeak.Count;

    /// <summary>What grew since the first capture in which a signal was suspected; nothing in that one.</summary>
    public List<Leak> Compare(SuspectedSignal signal, PendingWorkProfile profile)
    {
        if (_bySignal.TryAdd(signal.Name, (profile.Summarize(), signal.Value)))
        {
            return [];
        }

        var (before, value) = _bySignal[signal.Name];
        return GrowthFinder.Find(signal, signal.Value - value, before, profile);
    }

    /// <summary>
    /// Whether there are so many more than when it was first found, and the oldest of then is still there, after long: of work
    /// that ends the oldest ends, however much there is.
    /// </summary>
    /// <param name="leak">What was found.</param>
    /// <param name="now">When it was captured.</param>
    /// <param name="window">How long a window is.</param>
    public bool HasGrown(Leak leak, DateTimeOffset now, TimeSpan window)
    {
        if (!_byLeak.TryGetValue(leak.Key, out var before) || leak.FirstSeen > before.Leak.FirstSeen)
        {
            _byLeak[leak.Key] = (leak, now);
            return false;
        }

        return now - leak.FirstSeen >= LeastAge * window
            && leak.Pending - before.Leak.Pending >= Math.Max(LeastGrowth, LeastPerWindow * ((now - before.At) / window));
    }

    /// <summary>Forgets those of suspicions that have ended.</summary>
    /// <param name="signals">The signals that are suspected.</param>
    /// <param name="origins">The labels of the origins that are.</param>
    public void Keep(IReadOnlyCollection<string> signals, IReadOnlyCollection<string> origins)
    {
        foreach (var gone in _bySignal.Keys.Except(signals).ToArray())
        {
            _bySignal.Remove(gone);
        }

        if (origins.Count == 0)
        {
            _byLeak.Clear();
        }
    }
}
