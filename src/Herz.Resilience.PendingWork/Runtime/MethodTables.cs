using System.Buffers.Binary;
using System.Reflection;
using Herz.Resilience.PendingWork.Memory;

namespace Herz.Resilience.PendingWork.Runtime;

/// <summary>
/// Tells a method table from any other word, by reading alone: its class must point back to it, and its modules must be
/// loaded ones that are never unloaded. Only then the runtime may be asked for the type: given garbage, it would crash.
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
    private readonly FieldInfo _modulePointer;
    private HashSet<ulong> _modules = [];
    private int _assemblies;

    /// <exception cref="UnknownRuntimeException">The runtime does not publish the offsets.</exception>
    public MethodTables(ContractDescriptor contract)
    {
        _class = Within(contract.Offset("MethodTable", "EEClassOrCanonMT"));
        _flags2 = Within(contract.Offset("MethodTable", "MTFlags2"));
        _module = Within(contract.Offset("MethodTable", "Module"));
        _auxiliary = Within(contract.Offset("MethodTable", "AuxiliaryData"));
        _loaderModule = contract.Offset("MethodTableAuxiliaryData", "LoaderModule");
        _classTable = contract.Offset("EEClass", "MethodTable");
        if (contract.Offset("MethodTable", "MTFlags") != 0 || contract.Offset("MethodTable", "BaseSize") != 4 || contract.Offset("Object", "m_pMethTab") != 0)
        {
            throw new UnknownRuntimeException("objects do not begin with their method table, or sizes lie elsewhere");
        }

        _modulePointer = FieldLayout.Find(typeof(object).Module.GetType(), "m_pData")
            ?? throw new UnknownRuntimeException("RuntimeModule.m_pData is missing: this framework is not known");
    }

    /// <summary>Learns of assemblies that were loaded since; to be called before a walk.</summary>
    /// <exception cref="UnknownRuntimeException">A type of our own does not pass: the offsets mean something else here.</exception>
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
                throw new UnknownRuntimeException($"the method table of {known} is not recognised: this runtime is not known");
            }
        }
    }

    /// <summary>Whether the word is the method table of a type that can never be unloaded.</summary>
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

    /// <summary>The type of a method table, or null where the word is none.</summary>
    public Type? TypeOf(ProcessMemory memory, ulong word) =>
        IsMethodTable(memory, word) ? Type.GetTypeFromHandle(RuntimeTypeHandle.FromIntPtr((nint)word)) : null;

    // The owner of dynamic methods has a method table as well, but it is the type of nothing.
    private bool IsNamed(ReadOnlySpan<byte> table) =>
        ((uint)Word(table, 0) & RuntimeFacts.HasComponents) != 0 || (uint)Word(table, _flags2) >> RuntimeFacts.TypeNumberShift != 0;

    private static ulong Word(ReadOnlySpan<byte> from, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(from[offset..]);

    private static int Within(int offset) =>
        offset <= Size - sizeof(ulong) ? offset : throw new UnknownRuntimeException($"method tables are larger than known: a field lies at {offset}");

    private ulong Pointer(Module module) => module.GetType() == typeof(object).Module.GetType() ? (ulong)(nint)_modulePointer.GetValue(module)! : 0;
}
