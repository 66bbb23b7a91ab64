using System.Numerics;

namespace Herz.Resilience.RateLimiting;

/// <summary>
/// The buckets of all partitions of a policy, in one array of 16-byte slots: bounded, found without a lock, the
/// idlest evicted. Keys are keyed hashes, so that nobody can aim at a set. An evicted partition starts full again.
/// </summary>
internal sealed class PartitionTable
{
    private const int Ways = 16;
    private const int FillPerSet = 8;
    private const ulong Empty = 0;
    private const ulong Busy = 1;

    private readonly Lock _lock = new();
    private readonly Slot[] _slots;
    private readonly int _max;
    private readonly uint _setMask;
    private int _count;
    private uint _hand;

    public PartitionTable(int maxPartitions)
    {
        _max = maxPartitions;
        var sets = BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, (maxPartitions + FillPerSet - 1) / FillPerSet));
        _setMask = sets - 1;
        _slots = new Slot[sets * Ways];
    }

    public int Count => Volatile.Read(ref _count);

    public long Evictions { get; private set; }

    public int SizeInBytes => _slots.Length * 16;

    /// <summary>The bucket of a partition, made full if it is new.</summary>
    public ref long Get(ulong key)
    {
        key = key <= Busy ? key + 2 : key;
        var set = SetOf(key);
        for (var way = 0; way < Ways; way++)
        {
            ref var slot = ref _slots[set + way];
            var found = Volatile.Read(ref slot.Key);
            if (found == key)
            {
                return ref slot.Full;
            }

            // Sets fill from the front and slots never become empty again, save by the sweep, which only costs a lock.
            if (found == Empty)
            {
                break;
            }
        }

        return ref Add(key, set);
    }

    /// <summary>Changes every bucket; used when the rate changes.</summary>
    public void Convert(Func<long, long> convert)
    {
        lock (_lock)
        {
            foreach (ref var slot in _slots.AsSpan())
            {
                if (slot.Key != Empty)
                {
                    Interlocked.Exchange(ref slot.Full, convert(slot.Full));
                }
            }
        }
    }

    private ref long Add(ulong key, int set)
    {
        lock (_lock)
        {
            ref var free = ref FindFree_NeedsLock(key, set);
            if (free.Key == key)
            {
                return ref free.Full;
            }

            if (free.Key == Empty)
            {
                if (_count >= _max)
                {
                    Sweep_NeedsLock();
                }

                Volatile.Write(ref _count, _count + 1);
            }
            else
            {
                Evictions++;
                Volatile.Write(ref free.Key, Busy);
            }

            Volatile.Write(ref free.Full, 0);
            Volatile.Write(ref free.Key, key);
            return ref free.Full;
        }
    }

    // The key itself, else an empty slot, else the idlest of the set; at the bound an occupied one before an empty one.
    private ref Slot FindFree_NeedsLock(ulong key, int set)
    {
        var empty = -1;
        var idlest = -1;
        for (var index = set; index < set + Ways; index++)
        {
            ref var slot = ref _slots[index];
            if (slot.Key == key)
            {
                return ref slot;
            }

            if (slot.Key == Empty)
            {
                empty = empty < 0 ? index : empty;
            }
            else if (idlest < 0 || slot.Full < _slots[idlest].Full)
            {
                idlest = index;
            }
        }

        return ref _slots[empty >= 0 && (_count < _max || idlest < 0) ? empty : idlest];
    }

    // Makes room elsewhere for a key whose own set is empty while the table is at its bound.
    private void Sweep_NeedsLock()
    {
        while (true)
        {
            var set = (int)(_hand++ & _setMask) * Ways;
            var idlest = -1;
            var last = -1;
            for (var index = set; index < set + Ways && _slots[index].Key != Empty; index++)
            {
                last = index;
                idlest = idlest < 0 || _slots[index].Full < _slots[idlest].Full ? index : idlest;
            }

            if (idlest >= 0)
            {
                // The last of the set takes its place, so that sets stay filled from the front.
                var moved = _slots[last];
                Volatile.Write(ref _slots[last].Key, Busy);
                if (idlest != last)
                {
                    Volatile.Write(ref _slots[idlest].Key, Busy);
                    Volatile.Write(ref _slots[idlest].Full, moved.Full);
                    Volatile.Write(ref _slots[idlest].Key, moved.Key);
                }

                Volatile.Write(ref _slots[last].Key, Empty);
                Volatile.Write(ref _count, _count - 1);
                Evictions++;
                return;
            }
        }
    }

    private int SetOf(ulong key) => (int)((uint)(key >> 32) & _setMask) * Ways;

    private struct Slot
    {
        public ulong Key;
        public long Full;
    }
}
