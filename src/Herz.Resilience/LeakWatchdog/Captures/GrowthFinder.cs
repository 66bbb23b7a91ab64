using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.Origins;
using Herz.Resilience.PendingWork;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>
/// Names the growth between two captures while a process counter keeps growing: work that no request started, and types.
/// Work of requests is checked by its windows; here its growth would only show that more requests run than before.
/// </summary>
internal static class GrowthFinder
{
    private const int MinGrowth = 10;
    private const double MinShare = 0.1;
    private const int MaxNamed = 3;

    // Each file, socket or thread has one or two objects; a type outside of this range grows for another reason.
    private const double MinRatio = 0.5;
    private const double MaxRatio = 2.5;

    /// <summary>Names the growth.</summary>
    /// <param name="signal">The growing counter.</param>
    /// <param name="growth">The growth of the counter between the captures.</param>
    /// <param name="before">The earlier capture.</param>
    /// <param name="after">The later capture.</param>
    public static List<Leak> Find(SuspectedSignal signal, double growth, PendingWorkProfile before, PendingWorkProfile after)
    {
        var difference = after.Since(before);
        var work = difference.Changes
            .Where(change => (change.Origin is not { } origin || OriginRegistry.IsEndless(origin)) && !AppFrame.IsServerOwned(change.Method) && CanCause(signal.Signal, change.Method) && change.Growth >= MinGrowth && difference.ShareOf(change) >= MinShare)
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
        work.RemoveAll(leak => IsOutOfProportion(signal.Signal, growth, difference, leak));
        var types = difference.HeapChanges.Where(static change => IsType(change.Type) && !AppFrame.IsServerOwned(change.Type) && change.CountGrowth >= MinGrowth).ToArray();
        return signal.Signal == Signal.OldGenerationBytes ? [.. work, .. ByBytes(signal.Name, types, difference, before.CapturedAt)]
            : work.Count > 0 || IsOfRequests(difference, growth) ? work
            : ByCount(signal, types, growth, difference, before.CapturedAt);
    }

    // Each pending operation may hold a file or socket; work that grows much slower or faster holds none.
    private static bool IsOutOfProportion(Signal signal, double growth, PendingWorkDifference difference, Leak leak) =>
        signal is Signal.FileDescriptors or Signal.Sockets && growth >= MinGrowth && !IsInProportion(
            difference.Changes.First(change => change.Method == leak.Method && change.Awaits == leak.Awaits && change.Origin == leak.Origin).Growth, growth);

    private static bool IsInProportion(long count, double growth) => count >= MinRatio * growth && count <= MaxRatio * growth;

    // Timers and registrations hold no files, sockets or threads.
    private static bool CanCause(Signal signal, string method) =>
        signal is not (Signal.FileDescriptors or Signal.Sockets or Signal.Threads or Signal.PoolThreads)
        || !(method.StartsWith("Timer of ", StringComparison.Ordinal) || method.StartsWith("CancellationToken.Register of ", StringComparison.Ordinal));

    // Growing work of endpoints is checked by its windows; the types that it holds are not a separate leak.
    private static bool IsOfRequests(PendingWorkDifference difference, double growth) =>
        difference.Changes.Where(static change => change.Origin is { } origin && !OriginRegistry.IsEndless(origin)).Sum(static change => Math.Max(0, change.Growth)) >= MinRatio * growth;

    // The heap also lists free space, in parentheses.
    private static bool IsType(string name) => !name.StartsWith('(');

    private static List<Leak> ByBytes(string signal, HeapTypeChange[] types, PendingWorkDifference difference, DateTimeOffset since)
    {
        var total = Math.Max(1, types.Sum(static change => Math.Max(0, change.BytesGrowth)));
        return [.. types
            .Where(change => change.BytesGrowth >= MinShare * total)
            .Take(MaxNamed)
            .Select(change => ToLeak(signal, change, (double)change.BytesGrowth / total, difference, since))];
    }

    // One culprit per leak. Types that only happen to grow at the same rate, such as closures of busy endpoints, must not displace the
    // type that holds the resource.
    private static List<Leak> ByCount(SuspectedSignal signal, HeapTypeChange[] types, double growth, PendingWorkDifference difference, DateTimeOffset since) =>
    [
        .. types
            .Where(change => growth >= MinGrowth && IsInProportion(change.CountGrowth, growth))
            .OrderBy(change => ResourceTypes.Rank(signal.Signal, change.Type))
            .ThenBy(static change => AppFrame.IsFramework(change.Type))
            .ThenBy(change => Math.Abs(change.CountGrowth - growth))
            .Take(1)
            .Select(change => ToLeak(signal.Name, change, Math.Min(1, change.CountGrowth / growth), difference, since)),
    ];

    private static Leak ToLeak(string signal, HeapTypeChange change, double share, PendingWorkDifference difference, DateTimeOffset since) => new()
    {
        Signal = signal,
        Type = change.Type,
        Pending = change.CountGrowth,
        PerMinute = difference.Elapsed > TimeSpan.Zero ? change.CountGrowth / difference.Elapsed.TotalMinutes : 0,
        Share = share,
        FirstSeen = since,
    };
}
