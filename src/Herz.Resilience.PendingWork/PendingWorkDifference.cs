using Herz.Resilience.PendingWork.Text;

namespace Herz.Resilience.PendingWork;

/// <summary>What grew and what ended between two captures: healthy long-lived work drops out, a leak stands at the top.</summary>
public sealed class PendingWorkDifference
{
    internal PendingWorkDifference(PendingWorkProfile before, PendingWorkProfile after)
    {
        Elapsed = after.CapturedAt - before.CapturedAt;
        var counts = new Dictionary<(string, string, string?), (int Before, int After)>();
        var comparable = new Comparable(before, after);
        Add(counts, before, comparable, static (count, n) => (count.Before + n, count.After));
        Add(counts, after, comparable, static (count, n) => (count.Before, count.After + n));

        var changes = new List<PendingChange>();
        foreach (var ((method, awaits, origin), (was, isNow)) in counts)
        {
            if (was != isNow)
            {
                changes.Add(new PendingChange(method, awaits, origin, was, isNow));
                GrowthTotal += Math.Max(0, isNow - was);
            }
        }

        changes.Sort(static (a, b) =>
        {
            var order = b.Growth.CompareTo(a.Growth);
            order = order != 0 ? order : string.CompareOrdinal(a.Method, b.Method);
            order = order != 0 ? order : string.CompareOrdinal(a.Awaits, b.Awaits);
            return order != 0 ? order : string.CompareOrdinal(a.Origin, b.Origin);
        });
        Changes = changes;
        HeapChanges = HeapChangesOf(before.HeapByType, after.HeapByType);
        Notes = comparable.Notes;
    }

    /// <summary>
    /// What makes the two hard to compare: a capture that was refused, another way of reading, or what only one of them was asked for,
    /// which is left out; empty where nothing does.
    /// </summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The time between the two captures.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Each group whose count changed, the fastest growing first.</summary>
    public IReadOnlyList<PendingChange> Changes { get; }

    /// <summary>Each type whose objects grew or shrank in bytes, the fastest growing first; empty unless both captures counted them.</summary>
    public IReadOnlyList<HeapTypeChange> HeapChanges { get; }

    /// <summary>The sum of all growth, without what shrank.</summary>
    public int GrowthTotal { get; }

    /// <summary>The share of <paramref name="change"/> in all growth, from 0 to 1.</summary>
    public double ShareOf(PendingChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return GrowthTotal == 0 ? 0 : (double)Math.Max(0, change.Growth) / GrowthTotal;
    }

    /// <summary>How fast <paramref name="change"/> grows, per minute; 0 where no time passed.</summary>
    public double PerMinute(PendingChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Elapsed > TimeSpan.Zero ? change.Growth / Elapsed.TotalMinutes : 0;
    }

    /// <summary>Writes one line for each change.</summary>
    public void WriteTo(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        DifferenceText.Write(this, writer);
    }

    /// <summary>The text of <see cref="WriteTo"/>.</summary>
    public override string ToString()
    {
        using var writer = new StringWriter();
        WriteTo(writer);
        return writer.ToString();
    }

    private static List<HeapTypeChange> HeapChangesOf(IReadOnlyList<HeapTypeCount> before, IReadOnlyList<HeapTypeCount> after)
    {
        if (before.Count == 0 || after.Count == 0)
        {
            return [];
        }

        var old = before.ToDictionary(static type => type.Type, StringComparer.Ordinal);
        var changes = new List<HeapTypeChange>();
        foreach (var type in after)
        {
            var was = old.Remove(type.Type, out var known) ? known : new HeapTypeCount(type.Type, 0, 0);
            changes.Add(new HeapTypeChange(type.Type, type.Count - was.Count, type.Bytes - was.Bytes));
        }

        changes.AddRange(old.Values.Select(static gone => new HeapTypeChange(gone.Type, -gone.Count, -gone.Bytes)));
        changes.RemoveAll(static change => change.BytesGrowth == 0 && change.CountGrowth == 0);
        changes.Sort(static (a, b) => b.BytesGrowth != a.BytesGrowth ? b.BytesGrowth.CompareTo(a.BytesGrowth) : string.CompareOrdinal(a.Type, b.Type));
        return changes;
    }

    // A state that flips between awaiting and runnable is no change, so it is not part of the group.
    private static void Add(
        Dictionary<(string, string, string?), (int Before, int After)> counts,
        PendingWorkProfile profile,
        Comparable comparable,
        Func<(int Before, int After), int, (int, int)> add)
    {
        foreach (var group in profile.ByOrigin().Where(comparable.Holds))
        {
            var key = (group.Method, group.Awaits, group.Origin);
            counts[key] = add(counts.GetValueOrDefault(key), group.Count);
        }
    }
}
