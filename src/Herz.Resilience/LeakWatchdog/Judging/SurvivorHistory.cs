using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Origins;

namespace Herz.Resilience.LeakWatchdog.Judging;

/// <summary>The last captures of each possible leak, and the verdict of <see cref="SurvivorRule"/> on them.</summary>
internal sealed class SurvivorHistory
{
    // Captures closer together see too few endings.
    private const int MinSpan = 8;
    private const int Kept = 8;

    private readonly Dictionary<LeakKey, List<(DateTimeOffset At, IReadOnlyDictionary<long, int> ByWindow)>> _captures = [];

    /// <summary>Whether work has been seen to end since the previous capture, though not enough for a verdict. A capture soon after may see it.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Whether the growth of a possible leak has a bound. Keeps its capture.</summary>
    /// <param name="culprit">The possible leak.</param>
    /// <param name="suspect">Its origin.</param>
    /// <param name="now">The time of the capture.</param>
    /// <param name="window">The length of a window.</param>
    public bool IsBounded(Culprit culprit, SuspectedOrigin suspect, DateTimeOffset now, TimeSpan window)
    {
        var key = culprit.Identity;
        if (!_captures.TryGetValue(key, out var captures))
        {
            _captures.Add(key, captures = []);
        }

        var isBalanced = IsBalanced(captures, culprit.ByWindow, now, window);
        captures.Add((now, culprit.ByWindow));
        if (captures.Count > Kept)
        {
            captures.RemoveAt(0);
        }

        // Of windows with an unknown state nothing is counted as left.
        var windows = suspect.Windows.Where(known => known.IsLeaky && suspect.Begun.GetValueOrDefault(known.Window) > 0).SkipWhile(known => !culprit.ByWindow.ContainsKey(known.Window))
            .Select(known => (suspect.Begun[known.Window], culprit.ByWindow.GetValueOrDefault(known.Window))).ToList();
        return isBalanced || SurvivorRule.FollowsLoad(windows) || SurvivorRule.Slows(windows);
    }

    /// <summary>Starts a capture.</summary>
    public void Begin() => IsEnding = false;

    /// <summary>Removes the captures of origins that are no longer suspected.</summary>
    public void RetainOnly(IReadOnlyCollection<string> origins)
    {
        foreach (var gone in _captures.Keys.Where(key => !origins.Contains(key.Origin)).ToArray())
        {
            _captures.Remove(gone);
        }
    }

    private bool IsBalanced(List<(DateTimeOffset At, IReadOnlyDictionary<long, int> ByWindow)> captures, IReadOnlyDictionary<long, int> now, DateTimeOffset at, TimeSpan window)
    {
        if (captures.Count > 0)
        {
            IsEnding |= captures[^1].ByWindow.Any(entry => now.GetValueOrDefault(entry.Key) < entry.Value);
        }

        var index = captures.FindLastIndex(earlier => at - earlier.At >= MinSpan * window);
        if (index < 0)
        {
            return false;
        }

        var earlier = captures[index];
        var span = (int)Math.Round((at - earlier.At) / window);
        return SurvivorRule.IsBalanced(ByAge(earlier.ByWindow, earlier.At, window), ByAge(now, earlier.At, window), span);
    }

    private static Dictionary<int, int> ByAge(IReadOnlyDictionary<long, int> byWindow, DateTimeOffset at, TimeSpan window)
    {
        var ages = new Dictionary<int, int>();
        foreach (var (number, count) in byWindow)
        {
            var age = (int)Math.Floor((at - OriginRegistry.BeganAt(number)) / window);
            ages[age] = ages.GetValueOrDefault(age) + count;
        }

        return ages;
    }
}
