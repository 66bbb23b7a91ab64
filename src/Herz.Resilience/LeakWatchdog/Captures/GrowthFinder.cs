using Herz.Resilience.PendingWork;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>
/// Names what grew between two captures while a counter of the process only grows: work without an origin, and types. Work with an
/// origin is judged by its windows; here it would only tell that more requests run than before.
/// </summary>
internal static class GrowthFinder
{
    private const int LeastGrowth = 10;
    private const double LeastShare = 0.1;
    private const int MaxNamed = 3;

    /// <summary>Names what grew.</summary>
    /// <param name="signal">The counter that grows.</param>
    /// <param name="before">The earlier capture.</param>
    /// <param name="after">The later one.</param>
    public static List<Leak> Find(string signal, PendingWorkProfile before, PendingWorkProfile after)
    {
        var difference = after.Since(before);
        var work = difference.Changes
            .Where(change => change.Origin is null && change.Growth >= LeastGrowth && difference.ShareOf(change) >= LeastShare)
            .Take(MaxNamed)
            .Select(change => new Leak
            {
                Signal = signal,
                Method = change.Method,
                Awaits = change.Awaits,
                Pending = change.After,
                PerMinute = difference.PerMinute(change),
                Share = difference.ShareOf(change),
                FirstSeen = before.CapturedAt,
            })
            .ToList();
        return [.. work, .. Types(signal, difference, before.CapturedAt)];
    }

    private static List<Leak> Types(string signal, PendingWorkDifference difference, DateTimeOffset since)
    {
        var growth = difference.HeapChanges.Sum(static change => Math.Max(0, change.BytesGrowth));
        return [.. difference.HeapChanges
            .Where(change => change.CountGrowth >= LeastGrowth && change.BytesGrowth > 0 && change.BytesGrowth >= LeastShare * growth)
            .Take(MaxNamed)
            .Select(change => new Leak
            {
                Signal = signal,
                Type = change.Type,
                Pending = change.CountGrowth,
                PerMinute = difference.Elapsed > TimeSpan.Zero ? change.CountGrowth / difference.Elapsed.TotalMinutes : 0,
                Share = (double)change.BytesGrowth / growth,
                FirstSeen = since,
            })];
    }
}
