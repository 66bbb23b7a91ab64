using System.Runtime.InteropServices;
using Herz.Resilience.PendingWork.Dac;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>Walks the objects in the regions of the heap and keeps the pending ones.</summary>
internal sealed unsafe class HeapWalker : IDisposable
{
    private const int BufferSize = 256 * 1024;
    private const int CacheSize = 4096;
    private const uint MinObjectSize = 16;
    private const uint MaxBaseSize = 1 << 20;

    private readonly ProcessMemory _memory;
    private readonly TypeTable _types;
    private readonly ObjectReader _reader;
    private readonly HeapCensus? _census;
    private readonly WalkGuard _guard;
    private readonly byte* _buffer = (byte*)NativeMemory.Alloc(BufferSize);
    private readonly Dictionary<ulong, Shape> _shapes = [];
    private readonly Shape[] _recent = new Shape[CacheSize];

    public HeapWalker(ProcessMemory memory, TypeTable types, ObjectReader reader, HeapCensus? census, WalkGuard guard)
    {
        _guard = guard;
        _census = census;
        _memory = memory;
        _types = types;
        _reader = reader;
    }

    /// <summary>The number of objects walked.</summary>
    public long Objects { get; private set; }

    /// <summary>The number of regions with an invalid object: objects moved during the walk.</summary>
    public int BrokenRegions { get; private set; }

    /// <summary>Whether some pending objects were left out.</summary>
    public bool IsFull { get; private set; }

    /// <summary>The number of bytes walked.</summary>
    public ulong Bytes { get; private set; }

    /// <summary>Walks until the guard stops it.</summary>
    public void Walk(IReadOnlyList<HeapRegion> regions, NativeList<Found> into, int limit)
    {
        for (var i = 0; i < regions.Count && _guard.Stopped is null; i++)
        {
            BrokenRegions += Walk(regions[i], into, limit) ? 0 : 1;
        }
    }

    /// <summary>Counts the objects in regions in which code allocates during the walk. Returns the number of regions that were not read completely.</summary>
    public int Count(IReadOnlyList<HeapRegion> regions, NativeList<Found> into, int limit)
    {
        var incomplete = 0;
        for (var i = 0; i < regions.Count && _guard.Stopped is null; i++)
        {
            incomplete += Walk(regions[i], into, limit) ? 0 : 1;
        }

        return incomplete;
    }

    public void Dispose() => NativeMemory.Free(_buffer);

    private bool Walk(HeapRegion region, NativeList<Found> into, int limit)
    {
        var at = region.Start;
        var from = at;
        ulong until = 0;
        while (at < region.End)
        {
            if (at + MinObjectSize > until)
            {
                if (!_guard.MayContinue())
                {
                    return true;
                }

                Bytes += at - from;
                from = at;
                until = at + (ulong)_memory.Read(at, _buffer, (int)Math.Min(BufferSize, region.End - at));
                if (at + MinObjectSize > until)
                {
                    return false;
                }
            }

            var body = _buffer + (at - from);
            var table = *(ulong*)body & ~RuntimeFacts.MarkBits;
            ref var shape = ref _recent[(table >> 3) % CacheSize];
            if (shape.Table != table)
            {
                shape = ShapeOf(table);
            }

            if (shape.BaseSize == 0)
            {
                return false;
            }

            if (shape.Type is { } type)
            {
                if (at + (ulong)type.Needed > until)
                {
                    from = at;
                    until = at + (ulong)_memory.Read(at, _buffer, (int)Math.Min(BufferSize, region.End - at));
                    body = _buffer;
                }

                if (at + (ulong)type.Needed > until)
                {
                    return false;
                }

                Keep(type, at, body, into, limit);
            }

            Objects++;
            var size = shape.BaseSize + (shape.ComponentSize == 0 ? 0 : (ulong)*(uint*)(body + sizeof(ulong)) * shape.ComponentSize);
            size = (size + 7) & ~7ul;
            _census?.Add(shape.Number, size);
            at += size;
        }

        return at == region.End;
    }

    private void Keep(HeapType type, ulong address, byte* body, NativeList<Found> into, int limit)
    {
        if (!_reader.TryRead(type, address, body, out var found))
        {
            return;
        }

        if (into.Count >= limit)
        {
            IsFull = true;
            return;
        }

        found.Type = _types.Number(type);
        into.Add(found);
    }

    private Shape ShapeOf(ulong table)
    {
        if (_shapes.TryGetValue(table, out var shape))
        {
            return shape;
        }

        Span<byte> head = stackalloc byte[sizeof(ulong)];
        shape.Table = table;
        if (_memory.TryRead(table, head))
        {
            // Sizes need no validation: a wrong size ends the region safely.
            var flags = BitConverter.ToUInt32(head);
            var baseSize = BitConverter.ToUInt32(head[sizeof(uint)..]);
            shape.BaseSize = baseSize is >= MinObjectSize and <= MaxBaseSize ? baseSize : 0;
            shape.ComponentSize = (flags & RuntimeFacts.HasComponents) != 0 ? flags & 0xFFFF : 0;
            if (shape.ComponentSize == 0 && shape.BaseSize != 0)
            {
                var type = _types.Of(_memory, table);
                shape.Type = type.Role == HeapRole.None ? null : type;
            }
        }

        shape.Number = _census?.Number(table) ?? 0;
        _shapes.Add(table, shape);
        return shape;
    }

    private struct Shape
    {
        public ulong Table;
        public uint BaseSize;
        public uint ComponentSize;
        public int Number;
        public HeapType? Type;
    }
}
