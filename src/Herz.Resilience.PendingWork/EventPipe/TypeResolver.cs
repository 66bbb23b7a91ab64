namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>Resolves the types of a snapshot from their descriptions.</summary>
internal sealed class TypeResolver(IReadOnlyDictionary<ulong, SnapshotType> types)
{
    private const int MaxDepth = 32;

    private readonly ModuleMap _modules = new(types);
    private readonly Dictionary<ulong, Type?> _known = [];

    /// <summary>The type; null if it is unknown or collectible.</summary>
    public Type? Resolve(ulong id) => Resolve(id, MaxDepth);

    private Type? Resolve(ulong id, int depth)
    {
        if (!_known.TryGetValue(id, out var type))
        {
            type = depth > 0 && types.TryGetValue(id, out var described) ? Make(described, depth) : null;
            _known[id] = type;
        }

        return type;
    }

    private Type? Make(SnapshotType described, int depth)
    {
        var parameters = new Type[described.Parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            if (Resolve(described.Parameters[i], depth - 1) is not { } parameter)
            {
                return null;
            }

            parameters[i] = parameter;
        }

        try
        {
            if (described.IsArray)
            {
                return parameters.Length != 1 ? null : described.Rank == 0 ? parameters[0].MakeArrayType() : parameters[0].MakeArrayType(described.Rank);
            }

            return _modules.Definition(described) is { } definition && definition.GetGenericArguments().Length == parameters.Length
                ? parameters.Length == 0 ? definition : definition.MakeGenericType(parameters)
                : null;
        }
        catch (Exception e) when (e is ArgumentException or TypeLoadException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }
}
