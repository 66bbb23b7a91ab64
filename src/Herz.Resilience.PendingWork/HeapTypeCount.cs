namespace Herz.Resilience.PendingWork;

/// <summary>The objects of one type on the heap, including garbage that is not collected yet.</summary>
/// <param name="Type">The type as in the source code; a closure counts as the type that contains it.</param>
/// <param name="Count">The number of objects.</param>
/// <param name="Bytes">Their size in bytes, without the objects that they refer to.</param>
public sealed record HeapTypeCount(string Type, long Count, long Bytes)
{
    /// <summary>The counts by type name, ordered by descending bytes.</summary>
    internal static List<HeapTypeCount> Ordered(Dictionary<string, (long Count, long Bytes)> sums)
    {
        var counts = sums.Select(static sum => new HeapTypeCount(sum.Key, sum.Value.Count, sum.Value.Bytes)).ToList();
        counts.Sort(static (a, b) => b.Bytes != a.Bytes ? b.Bytes.CompareTo(a.Bytes) : string.CompareOrdinal(a.Type, b.Type));
        return counts;
    }
}
