using Herz.Resilience.PendingWork.Text;

namespace Herz.Resilience.PendingWork;

/// <summary>The differences between two captures. Healthy long-lived work cancels out; a leak is at the top.</summary>
public sealed class PendingWorkDifference
{
    internal PendingWorkDifference(PendingWorkProfile before, PendingWorkProfile after)
    {
        Elapsed = after.CapturedAt - before.CapturedAt;
        var counts = new Dictionary<Key, (int Before, int After)>();
        var coverage = new CommonCoverage(before, after);
        Add(counts, before, coverage, static (count, n) => (count.Before + n, count.After));
        Add(counts, after, coverage, static (count, n) => (count.Before, count.After + n));

        var changes = new List<PendingChange>();
        foreach (var ((method, awaits, origin), (countBefore, countAfter)) in counts)
        {
            if (countBefore != countAfter)
            {
                changes.Add(new PendingChange(method, awaits, origin, countBefore, countAfter));
                GrowthTotal += Math.Max(0, countAfter - countBefore);
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
        Notes = coverage.Notes;
    }

    /// <summary>
    /// The limits of the comparison: a capture that read nothing, different capture methods, or kinds of work that only one capture
    /// included, which are left out. Empty if there are none.
    /// </summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The time between the captures.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>The groups whose count changed, ordered by descending growth.</summary>
    public IReadOnlyList<PendingChange> Changes { get; }

    /// <summary>The types whose objects changed in number or bytes, ordered by descending growth in bytes; empty unless both captures counted objects.</summary>
    public IReadOnlyList<HeapTypeChange> HeapChanges { get; }

    /// <summary>The sum of the growth of all groups that grew.</summary>
    public int GrowthTotal { get; }

    /// <summary>The share of <paramref name="change"/> in <see cref="GrowthTotal"/>, from 0 to 1.</summary>
    public double ShareOf(PendingChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return GrowthTotal == 0 ? 0 : (double)Math.Max(0, change.Growth) / GrowthTotal;
    }

    /// <summary>The growth of <paramref name="change"/> per minute; 0 if no time passed.</summary>
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
            var previous = old.Remove(type.Type, out var known) ? known : new HeapTypeCount(type.Type, 0, 0);
            changes.Add(new HeapTypeChange(type.Type, type.Count - previous.Count, type.Bytes - previous.Bytes));
        }

        changes.AddRange(old.Values.Select(static removed => new HeapTypeChange(removed.Type, -removed.Count, -removed.Bytes)));
        changes.RemoveAll(static change => change.BytesGrowth == 0 && change.CountGrowth == 0);
        changes.Sort(static (a, b) => b.BytesGrowth != a.BytesGrowth ? b.BytesGrowth.CompareTo(a.BytesGrowth) : string.CompareOrdinal(a.Type, b.Type));
        return changes;
    }

    private static void Add(
        Dictionary<Key, (int Before, int After)> counts,
        PendingWorkProfile profile,
        CommonCoverage coverage,
        Func<(int Before, int After), int, (int, int)> add)
    {
        foreach (var group in profile.ByOrigin().Where(coverage.Includes))
        {
            var key = new Key(group.Method, group.Awaits, group.Origin);
            counts[key] = add(counts.GetValueOrDefault(key), group.Count);
        }
    }

    // The state is not in the key: a switch between awaiting and runnable is not a change.
    private readonly record struct Key(string Method, string Awaits, string? Origin);
}
