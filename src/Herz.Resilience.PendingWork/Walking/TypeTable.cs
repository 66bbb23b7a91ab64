using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;
using Herz.Resilience.PendingWork.RuntimeAsync;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>
/// The types on the heap by method table. Types of collectible assemblies are not stored: they may be unloaded, and another
/// type may get their address.
/// </summary>
internal sealed class TypeTable(MethodTables tables, TypeReader reader, ContinuationFields? continuations)
{
    private readonly Dictionary<ulong, HeapType> _known = [];
    private readonly Dictionary<ulong, string> _owners = [];
    private readonly Dictionary<ulong, string> _censusNames = [];
    private readonly List<HeapType> _numbered = [];
    private readonly Dictionary<HeapType, int> _numbers = [];

    /// <summary>The type of a method table; <see cref="HeapType.Other"/> if the word is not a reliable method table.</summary>
    public HeapType Of(ProcessMemory memory, ulong table)
    {
        if (_known.TryGetValue(table, out var known))
        {
            return known;
        }

        if (tables.TypeOf(memory, table) is not { } type)
        {
            return continuations is not null && tables.IsDerivedTable(memory, table, continuations.Table)
                ? Of(memory, continuations.Table)
                : HeapType.Other;
        }

        var read = Guarded(reader.Read, type) ?? HeapType.Other;
        _known.Add(table, read);
        return read;
    }

    /// <summary>The type of the object at an address.</summary>
    public HeapType OfObject(ProcessMemory memory, ulong address) =>
        memory.TryReadWord(address, out var table) ? Of(memory, table & ~RuntimeFacts.MarkBits) : HeapType.Other;

    /// <summary>The type name of the object at an address; for a closure, its owner. Null if the type is not reliable.</summary>
    public string? OwnerName(ProcessMemory memory, ulong address)
    {
        if (!memory.TryReadWord(address, out var table))
        {
            return null;
        }

        table &= ~RuntimeFacts.MarkBits;
        if (!_owners.TryGetValue(table, out var name))
        {
            if (tables.TypeOf(memory, table) is not { } type)
            {
                return null;
            }

            name = Guarded(Naming.TypeNames.Full, type);
            if (name is null)
            {
                return null;
            }

            _owners.Add(table, name);
        }

        return name;
    }

    /// <summary>The census name of the objects of a method table; null if the type is not reliable, empty for types of this library.</summary>
    public string? CensusName(ProcessMemory memory, ulong table)
    {
        if (!_censusNames.TryGetValue(table, out var name))
        {
            if (tables.TypeOf(memory, table) is not { } type)
            {
                return null;
            }

            name = type.Assembly == typeof(TypeTable).Assembly ? "" : Guarded(static type => TypeReader.CensusName(type), type);
            if (name is null)
            {
                return null;
            }

            _censusNames.Add(table, name);
        }

        return name;
    }

    /// <summary>The index of a type, for data in native memory.</summary>
    public int Number(HeapType type)
    {
        if (!_numbers.TryGetValue(type, out var number))
        {
            number = _numbered.Count;
            _numbered.Add(type);
            _numbers.Add(type, number);
        }

        return number;
    }

    /// <summary>The type of a <see cref="Number"/>.</summary>
    public HeapType this[int number] => _numbered[number];

    // Reflection may load types that are missing or invalid.
    private static T? Guarded<T>(Func<Type, T> read, Type type)
        where T : class
    {
        try
        {
            return read(type);
        }
        catch (Exception e) when (e is TypeLoadException or IOException or BadImageFormatException or UnsupportedRuntimeException or NotSupportedException)
        {
            return null;
        }
    }
}
