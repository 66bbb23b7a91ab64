using System.Numerics;

namespace Herz.Resilience.RateLimiting.Buckets;

/// <summary>
/// The buckets of all partitions of a policy, in one array of 16-byte slots: bounded, found without a lock. Keys are
/// keyed hashes, so that nobody can aim at a set. A full table forgets, of the set where the new key belongs, the
/// bucket that is nearest to full: a flood of invented keys drives out its own, and frees nobody of more debt than it has
/// taken on itself.
/// </summary>
internal sealed class PartitionTable
{
    private const int Ways = 16;
    private const int FillPerSet = 8;
    private const ulong Empty = 0;
    private const ulong Hole = 1;

    private readonly Lock _lock = new();
    private readonly Slot[] _slots;
    private readonly int _max;
    private readonly uint _setMask;
    private int _count;
    private long _evictions;
    private uint _hand;

    /// <param name="maxPartitions">How many buckets are kept at most, in 16 to 64 bytes each.</param>
    public PartitionTable(int maxPartitions)
    {
        _max = maxPartitions;
        var sets = BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, (maxPartitions + FillPerSet - 1) / FillPerSet));
        _setMask = sets - 1;
        _slots = new Slot[sets * Ways];
    }

    public int Count => Volatile.Read(ref _count);

    public long Evictions => Volatile.Read(ref _evictions);

    /// <summary>Takes permits from the bucket of a partition, or reserves them. A new partition starts with a full bucket.</summary>
    /// <param name="key">The partition.</param>
    /// <param name="now">The time, from a <see cref="BucketClock"/>.</param>
    /// <param name="permits">How many, at most the burst.</param>
    /// <param name="rate">The rate and burst.</param>
    /// <param name="patience">How long the caller would wait; 0 reserves nothing.</param>
    /// <param name="wait">If granted, the time to wait before the caller continues; if not, the time after which it would be granted.</param>
    /// <param name="next">The state of the bucket after a grant.</param>
    public bool TryTake(ulong key, long now, long permits, in BucketRate rate, long patience, out long wait, out long next)
    {
        key = Valid(key);
        while (true)
        {
            ref var slot = ref Find(key);
            var seen = Volatile.Read(ref slot.Full);

            // Read after the state, so that a bucket given to another key meanwhile is not charged.
            if (Volatile.Read(ref slot.Key) != key)
            {
                continue;
            }

            if (!TokenBucket.TryAdvance(seen, now, permits, rate, patience, out next, out wait))
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref slot.Full, next, seen) == seen)
            {
                return true;
            }
        }
    }

    /// <summary>Gives back what was taken for nothing, if the partition is still known.</summary>
    public void Refund(ulong key, long now, long permits, in BucketRate rate, long reserved = 0)
    {
        if (IndexOf(Valid(key)) is var index and >= 0)
        {
            TokenBucket.Refund(ref _slots[index].Full, now, permits, rate, reserved);
        }
    }

    /// <summary>The state of a partition's bucket; a full one if it is not known.</summary>
    public long Peek(ulong key) => IndexOf(Valid(key)) is var index and >= 0 ? Volatile.Read(ref _slots[index].Full) : 0;

    /// <summary>Changes every bucket; used when a rate changes.</summary>
    /// <param name="convert">Given the key and the state, gives the new state.</param>
    public void Convert(Func<ulong, long, long> convert)
    {
        lock (_lock)
        {
            foreach (ref var slot in _slots.AsSpan())
            {
                if (slot.Key > Hole)
                {
                    long seen;
                    do
                    {
                        seen = Volatile.Read(ref slot.Full);
                    }
                    while (Interlocked.CompareExchange(ref slot.Full, convert(slot.Key, seen), seen) != seen);
                }
            }
        }
    }

    /// <summary>A table of another size with the same buckets; those nearest to full are left out where they are too many.</summary>
    public PartitionTable Resize(int maxPartitions)
    {
        var resized = new PartitionTable(maxPartitions);
        lock (_lock)
        {
            foreach (ref var slot in _slots.AsSpan())
            {
                if (slot.Key > Hole)
                {
                    resized.Find(slot.Key).Full = slot.Full;
                }
            }
        }

        return resized;
    }

    private static ulong Valid(ulong key) => key <= Hole ? key + 2 : key;

    private ref Slot Find(ulong key)
    {
        var index = IndexOf(key);
        return ref _slots[index >= 0 ? index : Add(key)];
    }

    private int IndexOf(ulong key)
    {
        var set = SetOf(key);
        for (var index = set; index < set + Ways; index++)
        {
            var found = Volatile.Read(ref _slots[index].Key);
            if (found == key)
            {
                return index;
            }

            // Sets fill from the front, and what is taken out leaves a hole.
            if (found == Empty)
            {
                break;
            }
        }

        return -1;
    }

    private int Add(ulong key)
    {
        lock (_lock)
        {
            var index = FindPlace_NeedsLock(key);
            ref var slot = ref _slots[index];
            if (slot.Key == key)
            {
                return index;
            }

            if (slot.Key > Hole)
            {
                Remove_NeedsLock(ref slot);
            }
            else if (_count >= _max)
            {
                Sweep_NeedsLock();
            }

            Volatile.Write(ref slot.Full, 0);
            Volatile.Write(ref slot.Key, key);
            Volatile.Write(ref _count, _count + 1);
            return index;
        }
    }

    // The key itself, else a free slot, else the idlest of the set; at the bound the idlest before a free one.
    private int FindPlace_NeedsLock(ulong key)
    {
        var set = SetOf(key);
        var free = -1;
        for (var index = set; index < set + Ways; index++)
        {
            var found = _slots[index].Key;
            if (found == key)
            {
                return index;
            }

            free = free < 0 && found <= Hole ? index : free;
        }

        var idlest = IdlestOf_NeedsLock(set);
        return idlest < 0 || (free >= 0 && _count < _max) ? free : idlest;
    }

    private int IdlestOf_NeedsLock(int set)
    {
        var idlest = -1;
        for (var index = set; index < set + Ways; index++)
        {
            if (_slots[index].Key > Hole && (idlest < 0 || _slots[index].Full < _slots[idlest].Full))
            {
                idlest = index;
            }
        }

        return idlest;
    }

    // Makes room elsewhere for a key whose own set is empty while the table is at its bound.
    private void Sweep_NeedsLock()
    {
        int idlest;
        do
        {
            idlest = IdlestOf_NeedsLock((int)(_hand++ & _setMask) * Ways);
        }
        while (idlest < 0);
        Remove_NeedsLock(ref _slots[idlest]);
    }

    private void Remove_NeedsLock(ref Slot slot)
    {
        Volatile.Write(ref slot.Key, Hole);
        Volatile.Write(ref _count, _count - 1);
        Volatile.Write(ref _evictions, _evictions + 1);
    }

    private int SetOf(ulong key) => (int)((uint)(key >> 32) & _setMask) * Ways;

    private struct Slot
    {
        public ulong Key;
        public long Full;
    }
}
