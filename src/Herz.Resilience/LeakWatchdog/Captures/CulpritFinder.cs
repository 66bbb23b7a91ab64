using System.Runtime.InteropServices;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Origins;
using Herz.Resilience.PendingWork;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>The pure core of naming: finds the pending work of a suspected origin that is the leak.</summary>
internal static class CulpritFinder
{
    private const int MinWindows = 3;
    private const int MinPending = 10;

    // Work started once per tenant or key adds one or two per window for hours, and then stops growing.
    private const double MinPerWindow = 3;
    private const int MinPendingOfSlowLeak = 200;
    private const int RecentWindows = 3;
    private const int MaxPerOrigin = 3;

    /// <summary>Names the leaks.</summary>
    /// <param name="profile">The capture.</param>
    /// <param name="suspects">The suspected origins.</param>
    /// <param name="window">The length of a window.</param>
    public static List<Culprit> Find(PendingWorkProfile profile, IReadOnlyList<SuspectedOrigin> suspects, TimeSpan window)
    {
        var culprits = new List<Culprit>();
        var growth = 0;
        foreach (var suspect in suspects)
        {
            var groups = Group(profile, suspect);
            growth += groups.Values.Sum(static windows => windows.Values.Sum());
            var found = groups
                .Where(group => IsLeak(group.Value, suspect))
                .Select(group => (group.Key, Pending: group.Value.Values.Sum(), Culprit: new Culprit(ToLeak(suspect, group.Key, group.Value, window), group.Value)))
                .OrderByDescending(static group => group.Pending)
                .ToList();

            // Timers and registrations are usually part of the wait of a leaking method, and then not a separate leak.
            var methods = found.Where(static group => IsMethod(group.Key.Kind)).Sum(static group => group.Pending);
            culprits.AddRange(found
                .Where(group => IsMethod(group.Key.Kind) || group.Pending > 2 * methods)
                .Take(MaxPerOrigin)
                .Select(static group => group.Culprit));
        }

        return [.. culprits.Select(culprit => culprit with { Leak = culprit.Leak with { Share = (double)culprit.Leak.Pending / Math.Max(1, growth) } })];
    }

    private static Dictionary<Key, SortedDictionary<long, int>> Group(PendingWorkProfile profile, SuspectedOrigin suspect)
    {
        var known = suspect.Windows.ToDictionary(static window => window.Window, static window => window.IsLeaky);
        var groups = new Dictionary<Key, SortedDictionary<long, int>>();
        foreach (var operation in profile.Operations)
        {
            // Windows older than all kept ones have leaked; windows without a known state do not count.
            if (operation is not { IsInnermost: true, Origin: { } origin }
                || origin.Label != suspect.Label
                || !OriginRegistry.AreAlike(origin.Id, suspect.Oldest)
                || !(known.TryGetValue(origin.Id, out var leaky) ? leaky : origin.Id < suspect.Oldest)
                || AppFrame.IsOfConnection(operation))
            {
                continue;
            }

            var (method, awaits) = AppFrame.Of(operation);
            ref var windows = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, new Key(operation.Kind, method, awaits), out _);
            windows ??= [];
            windows[origin.Id] = windows.GetValueOrDefault(origin.Id) + 1;
        }

        return groups;
    }

    private static bool IsLeak(SortedDictionary<long, int> windows, SuspectedOrigin suspect)
    {
        var pending = windows.Values.Sum();
        var perWindow = (double)pending / windows.Count;
        return windows.Count >= MinWindows
            && pending >= MinPending
            && (perWindow >= MinPerWindow || pending >= MinPendingOfSlowLeak)
            && Recent(windows, suspect) >= (double)pending / Math.Max(windows.Count, suspect.KnownCount) / 3
            && !IsFading(windows, suspect);
    }

    // A warm-up or a fixed leak fades: of three windows none leaves more than the one before, and the last at most a quarter of the first.
    private static bool IsFading(SortedDictionary<long, int> windows, SuspectedOrigin suspect) =>
        suspect.Windows.TakeLast(RecentWindows).Select(window => windows.GetValueOrDefault(window.Window)).ToArray() is [var first, var second, var last]
        && first >= second && second >= last && 4 * last <= first;

    // A full pool or cache no longer adds anything.
    private static double Recent(SortedDictionary<long, int> windows, SuspectedOrigin suspect) =>
        suspect.Windows.TakeLast(RecentWindows).Average(window => windows.GetValueOrDefault(window.Window));

    private static Leak ToLeak(SuspectedOrigin suspect, Key key, SortedDictionary<long, int> windows, TimeSpan window) => new()
    {
        Origin = suspect.Label,
        Method = key.Method,
        Awaits = key.Awaits,
        Pending = windows.Values.Sum(),
        PerMinute = Rate(windows, suspect, window),
        FirstSeen = OriginRegistry.BeganAt(windows.Keys.First()),
    };

    // Windows without requests are not listed, but their time counts.
    private static double Rate(SortedDictionary<long, int> windows, SuspectedOrigin suspect, TimeSpan window)
    {
        var recent = suspect.Windows.TakeLast(RecentWindows).Select(static known => known.Window).ToArray();
        var span = OriginRegistry.BeganAt(recent[^1]) + window - OriginRegistry.BeganAt(recent[0]);
        var least = recent.Length * window;
        return recent.Sum(number => windows.GetValueOrDefault(number)) / (span > least ? span : least).TotalMinutes;
    }

    private static bool IsMethod(PendingKind kind) => kind is PendingKind.AsyncMethod or PendingKind.AsyncVoid or PendingKind.AsyncIterator;

    private readonly record struct Key(PendingKind Kind, string Method, string Awaits);
}

/// <summary>A leak and the windows in which its pending work started.</summary>
/// <param name="Leak">The reported leak.</param>
/// <param name="ByWindow">The number of pending operations by window.</param>
internal sealed record Culprit(Leak Leak, IReadOnlyDictionary<long, int> ByWindow)
{
    /// <summary>The identity of the work, also where several kinds of work are parts of one leak.</summary>
    public LeakKey Identity => new(Leak.Signal, Leak.Origin, Leak.Method, Leak.Awaits, Leak.Type);
}
