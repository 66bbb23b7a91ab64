namespace Herz.Resilience.PendingWork;

/// <summary>The objects of one type on the heap: garbage that was not collected yet is among them.</summary>
/// <param name="Type">The type, as its author wrote it; a closure counts as the type it stands in.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Bytes">How many bytes they take, without what they refer to.</param>
public sealed record HeapTypeCount(string Type, long Count, long Bytes)
{
    /// <summary>The counts by name, the most bytes first.</summary>
    internal static List<HeapTypeCount> Ordered(Dictionary<string, (long Count, long Bytes)> sums)
    {
        var told = sums.Select(static sum => new HeapTypeCount(sum.Key, sum.Value.Count, sum.Value.Bytes)).ToList();
        told.Sort(static (a, b) => b.Bytes != a.Bytes ? b.Bytes.CompareTo(a.Bytes) : string.CompareOrdinal(a.Type, b.Type));
        return told;
    }
}
