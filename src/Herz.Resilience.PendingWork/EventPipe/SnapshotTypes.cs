namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>The types of a snapshot with the number and size of their objects. A type id is the address of a method table, which is never dereferenced.</summary>
/// <param name="before">The type descriptions of earlier snapshots. The runtime does not repeat them while another trace with types is open.</param>
internal sealed class SnapshotTypes(IReadOnlyDictionary<ulong, SnapshotType> before)
{
    private const int MaxTypes = 1_000_000;
    private const int MaxParameters = 1000;

    // Objects of these types hold no pending work and are most of a heap.
    private static readonly ulong[] s_plain = [Id<string>(), Id<byte[]>(), Id<char[]>(), Id<int[]>()];
    private static readonly ulong s_objects = Id<object[]>();

    private readonly Dictionary<ulong, SnapshotType> _described = new(before);
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly List<(ulong Id, long Count, long Bytes, bool IsKept)> _types = [];
    private ulong _lastId;
    private int _lastNumber = -1;

    /// <summary>The number of types with objects.</summary>
    public int Length => _types.Count;

    /// <summary>The type descriptions by type id.</summary>
    public IReadOnlyDictionary<ulong, SnapshotType> Described => _described;

    public (ulong Id, long Count, long Bytes, bool IsKept) this[int number] => _types[number];

    /// <summary>The number of types with objects but without a description.</summary>
    public int Undescribed => _types.Count(type => !_described.ContainsKey(type.Id));

    public void Read(ref ByteReader reader)
    {
        var count = reader.UInt32();
        _ = reader.UInt16();
        for (; count > 0; count--)
        {
            var id = reader.UInt64();
            var module = reader.UInt64();
            var token = reader.Int32();
            var flags = reader.Int32();
            _ = reader.Byte();
            var name = reader.Text();
            var parameters = reader.UInt32();
            if (parameters > MaxParameters || _described.Count >= MaxTypes)
            {
                throw new UnreadableTraceException($"the trace is damaged: it defines more than {MaxTypes} types, or a type with more than {MaxParameters} parameters");
            }

            var ids = new ulong[parameters];
            for (var i = 0; i < ids.Length; i++)
            {
                ids[i] = reader.UInt64();
            }

            _described[id] = new SnapshotType(module, token, flags, name, ids);
            if (_numbers.TryGetValue(id, out var number))
            {
                _types[number] = _types[number] with { IsKept = IsToKeep(id) };
            }
        }
    }

    /// <summary>The index of a type.</summary>
    public int Number(ulong id)
    {
        if (id == _lastId && _lastNumber >= 0)
        {
            return _lastNumber;
        }

        if (!_numbers.TryGetValue(id, out var number))
        {
            if (_types.Count >= MaxTypes)
            {
                throw new UnreadableTraceException($"the trace is damaged: it defines more than {MaxTypes} types, or a type with more than {MaxParameters} parameters");
            }

            number = _types.Count;
            _numbers.Add(id, number);
            _types.Add((id, 0, 0, IsToKeep(id)));
        }

        _lastId = id;
        _lastNumber = number;
        return number;
    }

    /// <summary>Whether objects of the type may hold pending work.</summary>
    public bool IsKept(int number) => _types[number].IsKept;

    public void Count(int number, ulong size)
    {
        var type = _types[number];
        _types[number] = type with { Count = type.Count + 1, Bytes = type.Bytes + (long)size };
    }

    public void ForgetCounts()
    {
        for (var i = 0; i < _types.Count; i++)
        {
            _types[i] = _types[i] with { Count = 0, Bytes = 0 };
        }
    }

    // A list of continuations is an array of objects. Other arrays are not needed.
    private bool IsToKeep(ulong id) =>
        id == s_objects || (!s_plain.Contains(id) && !(_described.TryGetValue(id, out var described) && described.IsArray));

    private static ulong Id<T>() => (ulong)typeof(T).TypeHandle.Value;
}
