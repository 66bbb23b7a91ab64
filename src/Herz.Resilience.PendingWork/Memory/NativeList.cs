using System.Runtime.InteropServices;

namespace Herz.Resilience.PendingWork.Memory;

/// <summary>A growing list in native memory.</summary>
internal sealed unsafe class NativeList<T> : IDisposable
    where T : unmanaged
{
    private const int MinCapacity = 1024;

    private T* _items;
    private int _capacity;

    public int Count { get; private set; }

    public ref T this[int index] => ref _items[index];

    /// <summary>All items; valid until the next <see cref="Add"/>.</summary>
    public Span<T> Items => new(_items, Count);

    public void Add(in T item)
    {
        if (Count == _capacity)
        {
            var capacity = (int)Math.Clamp(_capacity * 2L, MinCapacity, Array.MaxLength);
            if (capacity == _capacity)
            {
                throw new InsufficientMemoryException($"a list has reached its maximum of {Array.MaxLength} items");
            }

            _items = (T*)NativeMemory.Realloc(_items, (nuint)capacity * (nuint)sizeof(T));
            _capacity = capacity;
        }

        _items[Count++] = item;
    }

    public void Clear() => Count = 0;

    public void Dispose()
    {
        NativeMemory.Free(_items);
        _items = null;
        Count = _capacity = 0;
    }
}
