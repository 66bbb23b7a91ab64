using System.Diagnostics.CodeAnalysis;

namespace Herz.Resilience.Metrics.Series;

/// <summary>
/// Maps a tag set to its series. Reads take no lock and allocate nothing; entries are only added, up to a limit.
/// </summary>
/// <remarks>Open addressing with linear probing, at most half full. A reader sees a complete entry or none.</remarks>
internal sealed class SeriesTable<TSeries>
    where TSeries : class
{
    private readonly Lock _growing = new();
    private readonly ulong _seed = (ulong)Random.Shared.NextInt64();
    private readonly int _max;
    private volatile Entry?[] _slots = new Entry?[16];
    private volatile int _count;

    /// <summary>Creates a table of at most <paramref name="max"/> tag sets.</summary>
    public SeriesTable(int max) => _max = max;

    /// <summary>Whether the table accepts no further tag set.</summary>
    public bool IsFull => _count >= _max;

    public bool TryGet(ReadOnlySpan<KeyValuePair<string, object?>> tags, [NotNullWhen(true)] out TSeries? series)
    {
        var entry = Find(_slots, TagHash.Of(_seed, tags), tags);
        series = entry?.Series;
        return entry is not null;
    }

    /// <summary>Adds the series that <paramref name="create"/> returns, unless the tag set has a series or the table is full.</summary>
    /// <returns>The series of the tag set; null if the table is full.</returns>
    public TSeries? GetOrAdd(ReadOnlySpan<KeyValuePair<string, object?>> tags, Func<KeyValuePair<string, object?>[], TSeries> create)
    {
        var hash = TagHash.Of(_seed, tags);
        lock (_growing)
        {
            if (Find(_slots, hash, tags) is { } found)
            {
                return found.Series;
            }

            if (IsFull)
            {
                return null;
            }

            var kept = tags.ToArray();
            var entry = new Entry(hash, kept, create(kept));
            if ((_count + 1) * 2 > _slots.Length)
            {
                Grow_NeedsLock();
            }

            Place(_slots, entry);
            _count++;
            return entry.Series;
        }
    }

    private void Grow_NeedsLock()
    {
        var larger = new Entry?[_slots.Length * 2];
        foreach (var entry in _slots)
        {
            if (entry is not null)
            {
                Place(larger, entry);
            }
        }

        _slots = larger;
    }

    private static void Place(Entry?[] slots, Entry entry)
    {
        var at = entry.Hash & (slots.Length - 1);
        while (slots[at] is not null)
        {
            at = (at + 1) & (slots.Length - 1);
        }

        Volatile.Write(ref slots[at], entry);
    }

    private static Entry? Find(Entry?[] slots, int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var mask = slots.Length - 1;
        for (var at = hash & mask; ; at = (at + 1) & mask)
        {
            var entry = Volatile.Read(ref slots[at]);
            if (entry is null || (entry.Hash == hash && Same(entry.Tags, tags)))
            {
                return entry;
            }
        }
    }

    private static bool Same(KeyValuePair<string, object?>[] kept, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (kept.Length != tags.Length)
        {
            return false;
        }

        for (var i = 0; i < kept.Length; i++)
        {
            if (!string.Equals(kept[i].Key, tags[i].Key) || !SameValue(kept[i].Value, tags[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameValue(object? left, object? right) =>
        ReferenceEquals(left, right)
        || (left is string a ? right is string b && string.Equals(a, b) : left is not null && left.Equals(right));

    private sealed class Entry(int hash, KeyValuePair<string, object?>[] tags, TSeries series)
    {
        public readonly int Hash = hash;
        public readonly KeyValuePair<string, object?>[] Tags = tags;
        public readonly TSeries Series = series;
    }
}
