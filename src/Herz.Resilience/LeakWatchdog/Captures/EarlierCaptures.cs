using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.PendingWork;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>Earlier captures of each suspicion: work that may wait for long is a leak only if it grows between captures.</summary>
internal sealed class EarlierCaptures
{
    private const int MinGrowth = 10;

    // The same as for other origins; a filling pool adds less, and later nothing.
    private const double MinPerWindow = 3;

    // The same as for hanging requests: jobs of some minutes start and end.
    private const int MinAgeInWindows = 10;

    // Separates a leak from many short jobs next to one that lasts a day: a quarter of the short jobs has ended after this span.
    private const int MinSpanInWindows = 5;
    private const double MinShareStillPending = 0.75;

    private readonly Dictionary<string, (PendingWorkProfile Profile, double Value)> _bySignal = [];
    private readonly Dictionary<LeakKey, (Culprit Culprit, DateTimeOffset At)> _byLeak = [];

    /// <summary>The number of earlier captures. An increase means that the next capture has a new one to be compared with.</summary>
    public int Count => _bySignal.Count + _byLeak.Count;

    /// <summary>The growth since the first capture in which the signal was suspected; empty for the first capture.</summary>
    public List<Leak> Compare(SuspectedSignal signal, PendingWorkProfile profile)
    {
        // Hanging requests are named by their windows; other growth is not the cause.
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
    /// Whether a leak has grown enough since it was first found, and most of the work pending then is still pending after a long time.
    /// In a group of jobs that end, the oldest ones end first.
    /// </summary>
    /// <param name="culprit">The leak found.</param>
    /// <param name="now">The time of the capture.</param>
    /// <param name="window">The length of a window.</param>
    public bool HasGrown(Culprit culprit, DateTimeOffset now, TimeSpan window)
    {
        var leak = culprit.Leak;
        if (!_byLeak.TryGetValue(culprit.Identity, out var before) || leak.FirstSeen > before.Culprit.Leak.FirstSeen || ShareStillPending(before.Culprit, culprit) < MinShareStillPending)
        {
            _byLeak[culprit.Identity] = (culprit, now);
            return false;
        }

        return now - leak.FirstSeen >= MinAgeInWindows * window
            && now - before.At >= MinSpanInWindows * window
            && leak.Pending - before.Culprit.Leak.Pending >= Math.Max(MinGrowth, MinPerWindow * ((now - before.At) / window));
    }

    /// <summary>Removes the captures of suspicions that have ended.</summary>
    /// <param name="signals">The suspected signals.</param>
    /// <param name="origins">The labels of the suspected origins.</param>
    public void RetainOnly(IReadOnlyCollection<string> signals, IReadOnlyCollection<string> origins)
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

    // Each window has the same weight, so that one busy window does not decide.
    private static double ShareStillPending(Culprit before, Culprit after) =>
        before.ByWindow.Average(entry => Math.Min(1, (double)after.ByWindow.GetValueOrDefault(entry.Key) / entry.Value));
}
