using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.PendingWork;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>What earlier captures of a suspicion held: what may rightly wait for long is a leak only if there is more and more of it.</summary>
internal sealed class Baselines
{
    private const int LeastGrowth = 10;

    // As much as of any other origin; a pool that fills adds less, and then nothing.
    private const double LeastPerWindow = 3;

    private readonly Dictionary<string, (PendingWorkProfile Profile, double Value)> _bySignal = [];
    private readonly Dictionary<object, (long Pending, DateTimeOffset At)> _byLeak = [];

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

    /// <summary>Whether there are so many more than when it was first found.</summary>
    /// <param name="leak">What was found.</param>
    /// <param name="now">When it was captured.</param>
    /// <param name="window">How long a window is.</param>
    public bool HasGrown(Leak leak, DateTimeOffset now, TimeSpan window)
    {
        if (_byLeak.TryAdd(leak.Key, (leak.Pending, now)))
        {
            return false;
        }

        var (pending, since) = _byLeak[leak.Key];
        return leak.Pending - pending >= Math.Max(LeastGrowth, LeastPerWindow * ((now - since) / window));
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
