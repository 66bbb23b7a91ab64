using System.Numerics;
using System.Runtime.InteropServices;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>A hash map from addresses to numbers with open addressing, in native memory.</summary>
internal sealed unsafe class AddressMap : IDisposable
{
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    private Entry* _entries;
    private int _shift;
    private int _capacity;

    public AddressMap(int expected) => Allocate((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, expected * 2)));

    public int Count { get; private set; }

    /// <summary>Sets the number of an address, which must not be 0.</summary>
    public void Set(ulong address, int number)
    {
        if (Count * 2 >= _capacity)
        {
            Grow();
        }

        var entry = Find(address);
        Count += entry->Address == 0 ? 1 : 0;
        *entry = new Entry { Address = address, Number = number };
    }

    public bool TryGet(ulong address, out int number)
    {
        var entry = address == 0 ? null : Find(address);
        var found = entry is not null && entry->Address == address;
        number = found ? entry->Number : -1;
        return found;
    }

    public void Dispose()
    {
        NativeMemory.Free(_entries);
        _entries = null;
    }

    private Entry* Find(ulong address)
    {
        var at = (int)((address * Golden) >> _shift);
        while (_entries[at].Address != 0 && _entries[at].Address != address)
        {
            at = (at + 1) & (_capacity - 1);
        }

        return _entries + at;
    }

    private void Grow()
    {
        var old = _entries;
        var length = _capacity;
        Allocate(length * 2);
        for (var i = 0; i < length; i++)
        {
            if (old[i].Address != 0)
            {
                *Find(old[i].Address) = old[i];
            }
        }

        NativeMemory.Free(old);
    }

    private void Allocate(int capacity)
    {
        _capacity = capacity;
        _shift = 64 - BitOperations.Log2((uint)capacity);
        _entries = (Entry*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(Entry));
    }

    private struct Entry
    {
        public ulong Address;
        public int Number;
    }
}
