using System.Reflection;
using System.Runtime.InteropServices;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>Finds the origin token in an execution context and reads its label. If there are several tokens, the first marker counts.</summary>
internal sealed class OriginReader : IDisposable
{
    private const int MaxLabel = 512;
    private const int MaxValues = 4096;
    private const int NoOrigin = -1;

    private readonly CoreFields _core;
    private readonly ProcessMemory _memory;
    private readonly Dictionary<ulong, Marker> _markers = [];
    private readonly AddressMap _seen = new(256);
    private readonly List<PendingOrigin> _origins = [];
    private readonly List<int> _ranks = [];
    private readonly Dictionary<(ulong Label, long Id), int> _numbers = [];
    private readonly byte[] _values = new byte[MaxValues];

    public OriginReader(CoreFields core, ProcessMemory memory, IReadOnlyList<OriginMarker> markers)
    {
        _core = core;
        _memory = memory;
        for (var rank = 0; rank < markers.Count; rank++)
        {
            var marker = markers[rank];
            var id = marker.IdPath.Length > 0 ? marker.IdPath[^1] : null;
            _markers[(ulong)marker.TokenType.TypeHandle.Value] = new Marker(
                rank, Offsets(marker.LabelPath), Offsets(marker.IdPath), id?.FieldType == typeof(int));
        }
    }

    public PendingOrigin this[int number] => _origins[number];

    /// <summary>The index of the origin in the execution context at an address; -1 if there is none.</summary>
    public int Of(ulong context)
    {
        if (_markers.Count == 0 || context == 0)
        {
            return NoOrigin;
        }

        if (!_seen.TryGet(context, out var number))
        {
            number = OfValues(_memory.ReadWord(context + (ulong)_core.LocalValues));
            _seen.Set(context, number);
        }

        return number;
    }

    public void Dispose() => _seen.Dispose();

    private int OfValues(ulong values)
    {
        if (values == 0)
        {
            return NoOrigin;
        }

        if (!_seen.TryGet(values, out var number))
        {
            number = Scan(values, depth: 2);
            _seen.Set(values, number);
        }

        return number;
    }

    // A small map has the values in fields and a larger one in an array, so each word of either is checked for a token.
    private int Scan(ulong address, int depth)
    {
        if (!_memory.TryReadWord(address, out var table) || !_memory.TryReadWord(table & ~RuntimeFacts.MarkBits, out var head))
        {
            return NoOrigin;
        }

        var (flags, baseSize) = ((uint)head, (uint)(head >> 32));
        var isArray = (flags & RuntimeFacts.HasComponents) != 0;
        var length = isArray ? (uint)_memory.ReadWord(address + sizeof(ulong)) : 0;
        var size = (int)Math.Min(MaxValues, baseSize + ((ulong)length * (isArray ? flags & 0xFFFF : 0)));
        var body = depth == 2 ? _values.AsSpan(0, size) : new byte[size];
        if (!_memory.TryRead(address, body))
        {
            return NoOrigin;
        }

        var best = NoOrigin;
        for (var at = sizeof(ulong); at + sizeof(ulong) <= size; at += sizeof(ulong))
        {
            var word = BitConverter.ToUInt64(body[at..]);
            if ((word & RuntimeFacts.MarkBits) == 0 && OfWord(word, isArray ? 0 : depth - 1) is var number and not NoOrigin
                && (best == NoOrigin || _ranks[number] < _ranks[best]))
            {
                best = number;
            }
        }

        return best;
    }

    private int OfWord(ulong word, int depth)
    {
        if (word < RuntimeFacts.LowestAddress)
        {
            return NoOrigin;
        }

        if (_seen.TryGet(word, out var number))
        {
            return number;
        }

        var table = _memory.ReadWord(word) & ~RuntimeFacts.MarkBits;
        if (_markers.TryGetValue(table, out var marker))
        {
            number = Read(word, marker);
        }
        else
        {
            var isArray = depth > 0 && ((uint)_memory.ReadWord(table) & RuntimeFacts.HasComponents) != 0;
            number = isArray ? Scan(word, depth) : NoOrigin;
        }

        _seen.Set(word, number);
        return number;
    }

    // Tokens with the same label and id share one origin.
    private int Read(ulong token, Marker marker)
    {
        var label = _memory.ReadWord(AddressAt(token, marker.Label));
        var id = marker.Id.Length == 0 ? 0 : (long)_memory.ReadWord(AddressAt(token, marker.Id));
        id = marker.IsIntId ? (int)id : id;
        if (!_numbers.TryGetValue((label, id), out var number))
        {
            number = NoOrigin;
            if (ReadString(label) is { } text)
            {
                number = _origins.Count;
                _origins.Add(new PendingOrigin(text, id));
                _ranks.Add(marker.Rank);
            }

            _numbers.Add((label, id), number);
        }

        return number;
    }

    private ulong AddressAt(ulong token, int[] path)
    {
        for (var i = 0; i < path.Length - 1; i++)
        {
            token = _memory.ReadWord(token + (ulong)path[i]);
        }

        return token == 0 ? 0 : token + (ulong)path[^1];
    }

    private string? ReadString(ulong address)
    {
        if (address == 0 || (_memory.ReadWord(address) & ~RuntimeFacts.MarkBits) != (ulong)typeof(string).TypeHandle.Value)
        {
            return null;
        }

        var length = Math.Min(MaxLabel, (int)(uint)_memory.ReadWord(address + sizeof(ulong)));
        var text = new char[Math.Max(0, length)];
        return _memory.TryRead(address + sizeof(ulong) + sizeof(int), MemoryMarshal.AsBytes(text.AsSpan())) ? new string(text) : null;
    }

    private static int[] Offsets(FieldInfo[] path) => Array.ConvertAll(path, FieldLayout.InObject);

    private sealed record Marker(int Rank, int[] Label, int[] Id, bool IsIntId);
}
