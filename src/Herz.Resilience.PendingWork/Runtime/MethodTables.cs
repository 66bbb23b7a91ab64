using System.Buffers.Binary;
using System.Reflection;
using Herz.Resilience.PendingWork.Memory;

namespace Herz.Resilience.PendingWork.Runtime;

/// <summary>
/// Distinguishes a method table from any other word, only by reading memory: its class must point back to it, and its modules
/// must be loaded and not collectible. The runtime would crash if asked for the type of any other word.
/// </summary>
internal sealed class MethodTables
{
    private const int Size = 64;

    private readonly int _flags2;
    private readonly int _class;
    private readonly int _module;
    private readonly int _auxiliary;
    private readonly int _loaderModule;
    private readonly int _classTable;
    private readonly int _parent;
    private readonly FieldInfo _modulePointer;
    private HashSet<ulong> _modules = [];
    private int _assemblies;

    /// <exception cref="UnsupportedRuntimeException">The runtime does not publish the offsets, or they are not supported.</exception>
    public MethodTables(ContractDescriptor contract)
    {
        _class = Within(contract.Offset("MethodTable", "EEClassOrCanonMT"));
        _flags2 = Within(contract.Offset("MethodTable", "MTFlags2"));
        _module = Within(contract.Offset("MethodTable", "Module"));
        _auxiliary = Within(contract.Offset("MethodTable", "AuxiliaryData"));
        _loaderModule = contract.Offset("MethodTableAuxiliaryData", "LoaderModule");
        _classTable = contract.Offset("EEClass", "MethodTable");
        _parent = Within(contract.Offset("MethodTable", "ParentMethodTable"));
        if (contract.Offset("MethodTable", "MTFlags") != 0 || contract.Offset("MethodTable", "BaseSize") != 4 || contract.Offset("Object", "m_pMethTab") != 0)
        {
            throw new UnsupportedRuntimeException("the object layout is not supported: the method table is not at offset 0, or its flags and base size are not at offsets 0 and 4");
        }

        _modulePointer = FieldLayout.Find(typeof(object).Module.GetType(), "m_pData")
            ?? throw new UnsupportedRuntimeException("RuntimeModule.m_pData is missing: this framework version is not supported");
    }

    /// <summary>Adds assemblies that were loaded since the last call. Callers must call it before each walk.</summary>
    /// <exception cref="UnsupportedRuntimeException">A known type is not recognized, so the offsets are wrong for this runtime.</exception>
    public void Refresh(ProcessMemory memory)
    {
        var assemblies = AppDomain.CurrentDomain.GetAssemblies();
        if (assemblies.Length != _assemblies)
        {
            _modules = [.. assemblies.Where(static a => !a.IsCollectible).SelectMany(static a => a.GetModules()).Select(Pointer)];
            _assemblies = assemblies.Length;
        }

        foreach (var known in new[] { typeof(object), typeof(Task), typeof(Task<string>), typeof(List<int>), typeof(MethodTables) })
        {
            if (!IsMethodTable(memory, (ulong)known.TypeHandle.Value))
            {
                throw new UnsupportedRuntimeException($"the method table of {known} is not recognized: this runtime version is not supported");
            }
        }
    }

    /// <summary>Whether the word is the method table of a type that cannot be unloaded.</summary>
    public bool IsMethodTable(ProcessMemory memory, ulong word)
    {
        Span<byte> table = stackalloc byte[Size];
        if ((word & RuntimeFacts.MarkBits) != 0 || !memory.TryRead(word, table) || !IsNamed(table) || !_modules.Contains(Word(table, _module)))
        {
            return false;
        }

        var @class = Word(table, _class);
        var canonical = word;
        if ((@class & RuntimeFacts.CanonicalTag) != 0)
        {
            canonical = @class & ~RuntimeFacts.CanonicalTag;
            if (!memory.TryReadWord(canonical + (ulong)_class, out @class) || (@class & RuntimeFacts.CanonicalTag) != 0)
            {
                return false;
            }
        }

        return memory.TryReadWord(@class + (ulong)_classTable, out var back)
            && back == canonical
            && memory.TryReadWord(Word(table, _auxiliary) + (ulong)_loaderModule, out var loader)
            && _modules.Contains(loader);
    }

    /// <summary>
    /// Whether the word is a method table that the runtime derived from <paramref name="parent"/> without a type in metadata.
    /// The runtime must not be asked for its type.
    /// </summary>
    public bool IsDerivedTable(ProcessMemory memory, ulong word, ulong parent)
    {
        Span<byte> table = stackalloc byte[Size];
        return (word & RuntimeFacts.MarkBits) == 0 && memory.TryRead(word, table) && !IsNamed(table) && Word(table, _parent) == parent && _modules.Contains(Word(table, _module));
    }

    /// <summary>The type of a method table; null if the word is not a method table.</summary>
    public Type? TypeOf(ProcessMemory memory, ulong word) =>
        IsMethodTable(memory, word) ? Type.GetTypeFromHandle(RuntimeTypeHandle.FromIntPtr((nint)word)) : null;

    // The owner of dynamic methods also has a method table, but it represents no type.
    private bool IsNamed(ReadOnlySpan<byte> table) =>
        ((uint)Word(table, 0) & RuntimeFacts.HasComponents) != 0 || (uint)Word(table, _flags2) >> RuntimeFacts.TypeNumberShift != 0;

    private static ulong Word(ReadOnlySpan<byte> from, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(from[offset..]);

    private static int Within(int offset) =>
        offset <= Size - sizeof(ulong) ? offset : throw new UnsupportedRuntimeException($"method tables are larger than {Size} bytes: a field is at offset {offset}");

    private ulong Pointer(Module module) => module.GetType() == typeof(object).Module.GetType() ? (ulong)(nint)_modulePointer.GetValue(module)! : 0;
}
