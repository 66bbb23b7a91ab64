using System.Runtime.InteropServices;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>A growing list outside of the managed heap.</summary>
internal sealed unsafe class FoundList : IDisposable
{
    private Found* _items;
    private int _capacity;

    public int Count { get; private set; }

    public ref Found this[int index] => ref _items[index];

    public void Add(in Found found)
    {
        if (Count == _capacity)
        {
            _capacity = Math.Max(1024, _capacity * 2);
            _items = (Found*)NativeMemory.Realloc(_items, (nuint)_capacity * (nuint)sizeof(Found));
        }

        _items[Count++] = found;
    }

    public void Dispose()
    {
        NativeMemory.Free(_items);
        _items = null;
        Count = _capacity = 0;
    }
}
