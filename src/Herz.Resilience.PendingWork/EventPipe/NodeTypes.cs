using Herz.Resilience.PendingWork.Naming;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>The types of a snapshot by index, resolved at first use.</summary>
internal sealed class NodeTypes(SnapshotTypes types)
{
    private const string BoxName = "StateMachineBox`1[";
    private const string Unnamed = "an object of an unknown type";

    private readonly TypeResolver _resolver = new(types.Described);
    private readonly NodeType?[] _known = new NodeType?[types.Length];
    private readonly string?[] _owners = new string?[types.Length];

    public NodeType this[int number] => _known[number] ??= Read(types[number].Id);

    /// <summary>The descriptions of the types that cannot be unloaded, which stay valid in later snapshots.</summary>
    public Dictionary<ulong, SnapshotType> Permanent() =>
        types.Described.Where(type => _resolver.Resolve(type.Key) is not null).ToDictionary();

    /// <summary>The number of boxes of async methods, including ended ones, whose type cannot be resolved.</summary>
    public long Unresolved()
    {
        long boxes = 0;
        for (var i = 0; i < types.Length; i++)
        {
            boxes += this[i].Type is null && this[i].Name.Contains(BoxName, StringComparison.Ordinal) ? types[i].Count : 0;
        }

        return boxes;
    }

    /// <summary>The name of the owner of a callback; for a closure, the name of its owner.</summary>
    public string OwnerName(int number) =>
        _owners[number] ??= this[number].Type is { } type ? Guarded(TypeNames.Full, type) ?? this[number].Name : this[number].Name;

    /// <summary>The objects by type, ordered by descending bytes.</summary>
    public List<HeapTypeCount> Census()
    {
        var sums = new Dictionary<string, (long Count, long Bytes)>(StringComparer.Ordinal);
        for (var i = 0; i < types.Length; i++)
        {
            var type = this[i].Type;
            if (type?.Assembly == typeof(NodeTypes).Assembly)
            {
                continue;
            }

            var name = (type is null ? null : Guarded(TypeReader.CensusName, type)) ?? this[i].Name;
            var (count, bytes) = sums.GetValueOrDefault(name);
            sums[name] = (count + types[i].Count, bytes + types[i].Bytes);
        }

        return HeapTypeCount.Ordered(sums);
    }

    private NodeType Read(ulong id) =>
        (_resolver.Resolve(id) is { } type ? Guarded(NodeType.Of, type) : null)
        ?? NodeType.Unresolved(types.Described.TryGetValue(id, out var described) && described.Name.Length > 0 ? described.Name : Unnamed);

    // Reflection may load types that are missing or invalid.
    private static T? Guarded<T>(Func<Type, T> read, Type type)
        where T : class
    {
        try
        {
            return read(type);
        }
        catch (Exception e) when (e is TypeLoadException or IOException or BadImageFormatException or NotSupportedException)
        {
            return null;
        }
    }
}
