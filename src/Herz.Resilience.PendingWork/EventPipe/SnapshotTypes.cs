namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>The types of a snapshot, and how much of each there is. Their identity is the address of the method table, and is never followed.</summary>
/// <param name="before">What earlier snapshots told of types: the runtime does not repeat it while another trace is open that asked for types as well.</param>
internal sealed class SnapshotTypes(IReadOnlyDictionary<ulong, SnapshotType> before)
{
    private const int MaxTypes = 1_000_000;
    private const int MaxParameters = 1000;

    // Nothing that pends is behind these, and they are most of a heap.
    private static readonly ulong[] s_plain = [Id<string>(), Id<byte[]>(), Id<char[]>(), Id<int[]>()];
    private static readonly ulong s_objects = Id<object[]>();

    private readonly Dictionary<ulong, SnapshotType> _told = new(before);
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly List<(ulong Id, long Count, long Bytes, bool IsKept)> _types = [];
    private ulong _lastId;
    private int _lastNumber = -1;

    /// <summary>The number of types that objects are of.</summary>
    public int Length => _types.Count;

    /// <summary>What was told of a type.</summary>
    public IReadOnlyDictionary<ulong, SnapshotType> Told => _told;

    public (ulong Id, long Count, long Bytes, bool IsKept) this[int number] => _types[number];

    /// <summary>How many of the objects' types nothing is told of.</summary>
    public int Untold => _types.Count(type => !_told.ContainsKey(type.Id));

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
            if (parameters > MaxParameters || _told.Count >= MaxTypes)
            {
                throw new UnreadableTraceException("the trace is damaged: it tells of more types than there can be");
            }

            var ids = new ulong[parameters];
            for (var i = 0; i < ids.Length; i++)
            {
                ids[i] = reader.UInt64();
            }

            _told[id] = new SnapshotType(module, token, flags, name, ids);
            if (_numbers.TryGetValue(id, out var number))
            {
                _types[number] = _types[number] with { IsKept = IsToKeep(id) };
            }
        }
    }

    /// <summary>A small number for a type.</summary>
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
                throw new UnreadableTraceException("the trace is damaged: it tells of more types than there can be");
            }

            number = _types.Count;
            _numbers.Add(id, number);
            _types.Add((id, 0, 0, IsToKeep(id)));
        }

        _lastId = id;
        _lastNumber = number;
        return number;
    }

    /// <summary>Whether objects of the type may say something of pending work.</summary>
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

    // A list of continuations is an array of objects; what other arrays hold says nothing.
    private bool IsToKeep(ulong id) =>
        id == s_objects || (!s_plain.Contains(id) && !(_told.TryGetValue(id, out var told) && told.IsArray));

    private static ulong Id<T>() => (ulong)typeof(T).TypeHandle.Value;
}
