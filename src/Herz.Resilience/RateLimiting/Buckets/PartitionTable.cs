using System.Numerics;

namespace Herz.Resilience.RateLimiting.Buckets;

/// <summary>
/// The buckets of all partitions of a policy, in one bounded array of 16-byte slots with lock-free lookup. Keys are
/// keyed hashes, so clients cannot choose a set. A full table evicts the fullest bucket of the new key's set: a flood of
/// invented keys evicts its own buckets, and never one with a larger debt.
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
    private uint _nextSweep;

    /// <param name="maxPartitions">The most buckets that are kept; each takes 16 to 64 bytes.</param>
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
    /// <param name="permits">The number of permits, at most the burst.</param>
    /// <param name="rate">The rate and burst.</param>
    /// <param name="maxWait">The longest wait that the caller accepts; 0 reserves nothing.</param>
    /// <param name="wait">If granted, the time that the caller must wait; otherwise the time after which a retry can succeed.</param>
    /// <param name="next">The state of the bucket after a grant.</param>
    public bool TryTake(ulong key, long now, long permits, in BucketRate rate, long maxWait, out long wait, out long next)
    {
        key = Valid(key);
        while (true)
        {
            ref var slot = ref Find(key);
            var seen = Volatile.Read(ref slot.Full);

            // Read after the state, so that a slot reassigned to another key is not charged.
            if (Volatile.Read(ref slot.Key) != key)
            {
                continue;
            }

            if (!TokenBucket.TryAdvance(seen, now, permits, rate, maxWait, out next, out wait))
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref slot.Full, next, seen) == seen)
            {
                return true;
            }
        }
    }

    /// <summary>Gives unused permits back, if the table still has the partition.</summary>
    public void Refund(ulong key, long now, long permits, in BucketRate rate, long reserved = 0)
    {
        if (IndexOf(Valid(key)) is var index and >= 0)
        {
            TokenBucket.Refund(ref _slots[index].Full, now, permits, rate, reserved);
        }
    }

    /// <summary>The state of a partition's bucket; that of a full one if the table does not have it.</summary>
    public long Peek(ulong key) => IndexOf(Valid(key)) is var index and >= 0 ? Volatile.Read(ref _slots[index].Full) : 0;

    /// <summary>Changes every bucket; used when a rate changes.</summary>
    /// <param name="convert">Maps the key and the state to the new state.</param>
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

    /// <summary>Copies the buckets to a table of another size. If there are too many, the fullest are dropped.</summary>
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

            // Sets fill from the front, and a removed entry leaves a hole.
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
            var index = FindSlot_NeedsLock(key);
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

    // Prefers the key's own slot, then a free one, then the fullest bucket of the set; in a full table the fullest before a free one.
    private int FindSlot_NeedsLock(ulong key)
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

        var fullest = FullestOf_NeedsLock(set);
        return fullest < 0 || (free >= 0 && _count < _max) ? free : fullest;
    }

    private int FullestOf_NeedsLock(int set)
    {
        var fullest = -1;
        for (var index = set; index < set + Ways; index++)
        {
            if (_slots[index].Key > Hole && (fullest < 0 || _slots[index].Full < _slots[fullest].Full))
            {
                fullest = index;
            }
        }

        return fullest;
    }

    // Evicts from another set when the table is full and the set of the new key is empty.
    private void Sweep_NeedsLock()
    {
        int fullest;
        do
        {
            fullest = FullestOf_NeedsLock((int)(_nextSweep++ & _setMask) * Ways);
        }
        while (fullest < 0);
        Remove_NeedsLock(ref _slots[fullest]);
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
