using System.Reflection;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// Finds the modules behind a snapshot's numbers by comparing what the snapshot tells of their types with the modules that are
/// loaded. So reflection can say what a type is without any address being handed to the runtime; modules that can be
/// unloaded are left out.
/// </summary>
internal sealed class ModuleMap
{
    private const int Samples = 4;

    private readonly Dictionary<ulong, Module?> _known = [];
    private readonly Dictionary<ulong, List<(ulong Id, SnapshotType Type)>> _samples = [];
    private readonly List<Module> _loaded = [];

    public ModuleMap(IReadOnlyDictionary<ulong, SnapshotType> types)
    {
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!assembly.IsCollectible && !assembly.IsDynamic)
            {
                _loaded.Add(assembly.ManifestModule);
            }
        }

        // Small tokens are in every module, large ones would be asked for in vain.
        foreach (var (id, type) in types.Where(static type => !type.Value.IsArray).OrderBy(static type => type.Value.Token))
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

    /// <summary>The type's definition; null where its module is not found.</summary>
    public Type? Definition(SnapshotType type)
    {
        if (!_known.TryGetValue(type.Module, out var module))
        {
            module = _samples.TryGetValue(type.Module, out var samples) ? _loaded.Find(loaded => samples.TrueForAll(sample => IsIn(loaded, sample.Id, sample.Type))) : null;
            _known.Add(type.Module, module);
        }

        return module is null ? null : Resolve(module, type.Token);
    }

    // A type that is not generic has one method table, whose address is its identity in the snapshot.
    private static bool IsIn(Module module, ulong id, SnapshotType sample) =>
        Resolve(module, sample.Token) is { } type
        && (type.IsGenericTypeDefinition ? sample.Name.Contains(type.Name, StringComparison.Ordinal) : (ulong)type.TypeHandle.Value == id);

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
