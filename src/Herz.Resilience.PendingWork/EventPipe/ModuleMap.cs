using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// Finds the loaded module of each module id in a snapshot by comparing their types. Reflection can then resolve a type
/// without passing an address to the runtime. Collectible modules are left out.
/// </summary>
internal sealed class ModuleMap
{
    private const int Samples = 4;
    private const int Row = 0xFF_FFFF;

    private readonly Dictionary<ulong, Module?> _known = [];
    private readonly Dictionary<ulong, List<(ulong Id, SnapshotType Type)>> _samples = [];
    private readonly List<(Module Module, MetadataReader? Metadata)> _loaded = [];

    public ModuleMap(IReadOnlyDictionary<ulong, SnapshotType> types)
    {
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!assembly.IsCollectible && !assembly.IsDynamic)
            {
                _loaded.Add((assembly.ManifestModule, MetadataOf(assembly)));
            }
        }

        // Non-generic types identify a module best. Types without a metadata row belong to no module.
        foreach (var (id, type) in types.Where(static type => !type.Value.IsArray && (type.Value.Token & Row) != 0).OrderBy(static type => type.Value.Parameters.Length))
        {
            if (!_samples.TryGetValue(type.Module, out var samples))
            {
                _samples.Add(type.Module, samples = []);
            }

            if (samples.Count < Samples)
            {
                samples.Add((id, type));
            }
        }
    }

    /// <summary>The definition of a type; null if its module is not found.</summary>
    public Type? Definition(SnapshotType type)
    {
        if (!_known.TryGetValue(type.Module, out var module))
        {
            module = _samples.TryGetValue(type.Module, out var samples)
                ? _loaded.Find(loaded => samples.TrueForAll(sample => IsNamed(loaded.Metadata, sample.Type)) && samples.TrueForAll(sample => IsIn(loaded.Module, sample.Id, sample.Type))).Module
                : null;
            _known.Add(type.Module, module);
        }

        return module is null ? null : Resolve(module, type.Token);
    }

    // Reading metadata loads no types. The snapshot escapes special characters in names.
    private static bool IsNamed(MetadataReader? metadata, SnapshotType sample)
    {
        var row = sample.Token & Row;
        return metadata is not null
            && row <= metadata.TypeDefinitions.Count
            && sample.Name.Replace("\\", "", StringComparison.Ordinal).Contains(
                metadata.GetString(metadata.GetTypeDefinition(MetadataTokens.TypeDefinitionHandle(row)).Name), StringComparison.Ordinal);
    }

    // A non-generic type has one method table, and its address is the type id in the snapshot.
    private static bool IsIn(Module module, ulong id, SnapshotType sample) =>
        Resolve(module, sample.Token) is { } type && (type.IsGenericTypeDefinition || (ulong)type.TypeHandle.Value == id);

    private static unsafe MetadataReader? MetadataOf(Assembly assembly) =>
        assembly.TryGetRawMetadata(out var blob, out var length) ? new MetadataReader(blob, length) : null;

    private static Type? Resolve(Module module, int token)
    {
        try
        {
            return module.ResolveType(token);
        }
        catch (Exception e) when (e is ArgumentException or TypeLoadException or IOException or BadImageFormatException or NotSupportedException)
        {
            return null;
        }
    }
}
