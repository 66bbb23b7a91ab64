using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.Origins;
using Herz.Resilience.PendingWork;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>
/// Names what grew between two captures while a counter of the process only grows: work that no request began, and types.
/// Work of requests is judged by its windows; here it would only tell that more of them run than before.
/// </summary>
internal static class GrowthFinder
{
    private const int LeastGrowth = 10;
    private const double LeastShare = 0.1;
    private const int MaxNamed = 3;

    // Each file, socket or thread has one object of its own, or two; what the heap holds beside them grows as it likes.
    private const double LeastRatio = 0.5;
    private const double MostRatio = 2.5;

    /// <summary>Names what grew.</summary>
    /// <param name="signal">The counter that grows.</param>
    /// <param name="growth">How much it grew between the captures.</param>
    /// <param name="before">The earlier capture.</param>
    /// <param name="after">The later one.</param>
    public static List<Leak> Find(SuspectedSignal signal, double growth, PendingWorkProfile before, PendingWorkProfile after)
    {
        var difference = after.Since(before);
        var work = difference.Changes
            .Where(change => (change.Origin is not { } origin || OriginRegistry.IsEndless(origin)) && !AppFrame.IsServers(change.Method) && CanCause(signal.Signal, change.Method) && change.Growth >= LeastGrowth && difference.ShareOf(change) >= LeastShare)
            .Take(MaxNamed)
            .Select(change => new Leak
            {
                Signal = signal.Name,
                Origin = change.Origin,
                Method = change.Method,
                Awaits = change.Awaits,
                Pending = change.After,
                PerMinute = difference.PerMinute(change),
                Share = difference.ShareOf(change),
                FirstSeen = before.CapturedAt,
            })
            .ToList();
        var types = difference.HeapChanges.Where(static change => IsType(change.Type) && !AppFrame.IsServers(change.Type) && change.CountGrowth >= LeastGrowth).ToArray();
        return signal.Signal == Signal.OldGenerationBytes ? [.. work, .. ByBytes(signal.Name, types, difference, before.CapturedAt)]
            : work.Count > 0 || IsOfRequests(difference, growth) ? work
            : ByCount(signal.Name, types, growth, difference, before.CapturedAt);
    }

    // A timer or a registration holds no file, socket or thread.
    private static bool CanCause(Signal signal, string method) =>
        signal is not (Signal.FileDescriptors or Signal.Sockets or Signal.Threads or Signal.PoolThreads)
        || !(method.StartsWith("Timer of ", StringComparison.Ordinal) || method.StartsWith("CancellationToken.Register of ", StringComparison.Ordinal));

    // What grew is named by its endpoint, or is healthy there: the types that it brings along are no news.
    private static bool IsOfRequests(PendingWorkDifference difference, double growth) =>
        difference.Changes.Where(static change => change.Origin is { } origin && !OriginRegistry.IsEndless(origin)).Sum(static change => Math.Max(0, change.Growth)) >= LeastRatio * growth;

    // Free space is listed among them.
    private static bool IsType(string name) => !name.StartsWith('(');

    private static List<Leak> ByBytes(string signal, HeapTypeChange[] types, PendingWorkDifference difference, DateTimeOffset since)
    {
        var total = Math.Max(1, types.Sum(static change => Math.Max(0, change.BytesGrowth)));
        return [.. types
            .Where(change => change.BytesGrowth >= LeastShare * total)
            .Take(MaxNamed)
            .Select(change => Tell(signal, change, (double)change.BytesGrowth / total, difference, since))];
    }

    // The app's own types say more than the framework's.
    private static List<Leak> ByCount(string signal, HeapTypeChange[] types, double growth, PendingWorkDifference difference, DateTimeOffset since) =>
    [
        .. types
            .Where(change => growth >= LeastGrowth && change.CountGrowth >= LeastRatio * growth && change.CountGrowth <= MostRatio * growth)
            .OrderBy(static change => AppFrame.IsFramework(change.Type))
            .ThenBy(change => Math.Abs(change.CountGrowth - growth))
            .Take(MaxNamed)
            .Select(change => Tell(signal, change, Math.Min(1, change.CountGrowth / growth), difference, since)),
    ];

    private static Leak Tell(string signal, HeapTypeChange change, double share, PendingWorkDifference difference, DateTimeOffset since) => new()
    {
        Signal = signal,
        Type = change.Type,
        Pending = change.CountGrowth,
        PerMinute = difference.Elapsed > TimeSpan.Zero ? change.CountGrowth / difference.Elapsed.TotalMinutes : 0,
        Share = share,
        FirstSeen = since,
    };
}
