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

    // One job of a day among many of some windows must not vouch for them: of those a quarter has ended by then.
    private const int LeastSpan = 5;
    private const double LeastKept = 0.75;

    private readonly Dictionary<string, (PendingWorkProfile Profile, double Value)> _bySignal = [];
    private readonly Dictionary<object, (Culprit Culprit, DateTimeOffset At)> _byLeak = [];

    /// <summary>How many there are; one more tells that the next capture has something to be held against.</summary>
    public int Count => _bySignal.Count + _byLeak.Count;

    /// <summary>What grew since the first capture in which a signal was suspected; nothing in that one.</summary>
    public List<Leak> Compare(SuspectedSignal signal, PendingWorkProfile profile)
    {
        // Requests that hang are named by their windows; what else grows meanwhile is not why.
        if (signal.Signal == Signal.ActiveRequests)
        {
            return [];
        }

        if (_bySignal.TryAdd(signal.Name, (profile.Summarize(), signal.Value)))
        {
            return [];
        }

        var (before, value) = _bySignal[signal.Name];
        return GrowthFinder.Find(signal, signal.Value - value, before, profile);
    }

    /// <summary>
    /// Whether there are so many more than when it was first found, and most of what there was then is still there, after long: of
    /// work that ends the oldest ends, however much there is.
    /// </summary>
    /// <param name="culprit">What was found.</param>
    /// <param name="now">When it was captured.</param>
    /// <param name="window">How long a window is.</param>
    public bool HasGrown(Culprit culprit, DateTimeOffset now, TimeSpan window)
    {
        var leak = culprit.Leak;
        if (!_byLeak.TryGetValue(leak.Key, out var before) || leak.FirstSeen > before.Culprit.Leak.FirstSeen || Kept(before.Culprit, culprit) < LeastKept)
        {
            _byLeak[leak.Key] = (culprit, now);
            return false;
        }

        return now - leak.FirstSeen >= LeastAge * window
            && now - before.At >= LeastSpan * window
            && leak.Pending - before.Culprit.Leak.Pending >= Math.Max(LeastGrowth, LeastPerWindow * ((now - before.At) / window));
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

    // The share of what was pending then that still is; each window counts as much, however many began in it.
    private static double Kept(Culprit before, Culprit after) =>
        before.ByWindow.Average(entry => Math.Min(1, (double)after.ByWindow.GetValueOrDefault(entry.Key) / entry.Value));
}
