namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>Makes types of what a snapshot tells of them.</summary>
internal sealed class TypeResolver(IReadOnlyDictionary<ulong, SnapshotType> types)
{
    private const int MaxDepth = 32;

    private readonly ModuleMap _modules = new(types);
    private readonly Dictionary<ulong, Type?> _known = [];

    /// <summary>The type; null where it is not known or could be unloaded.</summary>
    public Type? Resolve(ulong id) => Resolve(id, MaxDepth);

    private Type? Resolve(ulong id, int depth)
    {
        if (!_known.TryGetValue(id, out var type))
        {
            type = depth > 0 && types.TryGetValue(id, out var told) ? Make(told, depth) : null;
            _known[id] = type;
        }

        return type;
    }

    private Type? Make(SnapshotType told, int depth)
    {
        var parameters = new Type[told.Parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            if (Resolve(told.Parameters[i], depth - 1) is not { } parameter)
            {
                return null;
            }

            parameters[i] = parameter;
        }

        try
        {
            if (told.IsArray)
            {
                return parameters.Length != 1 ? null : told.Rank == 0 ? parameters[0].MakeArrayType() : parameters[0].MakeArrayType(told.Rank);
            }

            return _modules.Definition(told) is { } definition && definition.GetGenericArguments().Length == parameters.Length
                ? parameters.Length == 0 ? definition : definition.MakeGenericType(parameters)
                : null;
        }
        catch (Exception e) when (e is ArgumentException or TypeLoadException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }
}
