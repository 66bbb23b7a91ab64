using Herz.Resilience.PendingWork.Memory;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>Counts the objects of a walk by type.</summary>
internal sealed class HeapCensus
{
    private const string Unknown = "(free space or collectible types)";

    private readonly List<ulong> _tables = [];
    private long[] _counts = new long[1024];
    private long[] _bytes = new long[1024];

    /// <summary>Assigns an index to a new method table.</summary>
    public int Number(ulong table)
    {
        _tables.Add(table);
        if (_tables.Count > _counts.Length)
        {
            Array.Resize(ref _counts, _counts.Length * 2);
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        return _tables.Count - 1;
    }

    public void Add(int number, ulong size)
    {
        _counts[number]++;
        _bytes[number] += (long)size;
    }

    /// <summary>The counts by type name, ordered by descending bytes.</summary>
    public List<HeapTypeCount> ListCounts(ProcessMemory memory, TypeTable types)
    {
        var sums = new Dictionary<string, (long Count, long Bytes)>(StringComparer.Ordinal);
        for (var i = 0; i < _tables.Count; i++)
        {
            var name = types.CensusName(memory, _tables[i]) ?? Unknown;
            if (name.Length == 0)
            {
                continue;
            }

            var (count, bytes) = sums.GetValueOrDefault(name);
            sums[name] = (count + _counts[i], bytes + _bytes[i]);
        }

        return HeapTypeCount.Ordered(sums);
    }
}
