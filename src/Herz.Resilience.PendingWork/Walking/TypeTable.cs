using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>
/// The types met on the heap, by method table. Types of collectible assemblies are never kept: they may be unloaded, and
/// their address be given to another.
/// </summary>
internal sealed class TypeTable(MethodTables tables, TypeReader reader)
{
    private readonly Dictionary<ulong, HeapType> _known = [];
    private readonly Dictionary<ulong, string> _owners = [];
    private readonly Dictionary<ulong, string> _censusNames = [];
    private readonly List<HeapType> _numbered = [];
    private readonly Dictionary<HeapType, int> _numbers = [];

    /// <summary>The type of a method table; <see cref="HeapType.Other"/> where the word is none that can be trusted.</summary>
    public HeapType Of(ProcessMemory memory, ulong table)
    {
        if (_known.TryGetValue(table, out var known))
        {
            return known;
        }

        if (tables.TypeOf(memory, table) is not { } type)
        {
            return HeapType.Other;
        }

        var read = Guarded(reader.Read, type) ?? HeapType.Other;
        _known.Add(table, read);
        return read;
    }

    /// <summary>The type of the object at an address.</summary>
    public HeapType OfObject(ProcessMemory memory, ulong address) =>
        memory.TryReadWord(address, out var table) ? Of(memory, table & ~RuntimeFacts.MarkBits) : HeapType.Other;

    /// <summary>The name of the type of the object at an address, a closure's being that of its owner; null where it cannot be trusted.</summary>
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

    /// <summary>What a census calls the objects of a method table; null where it cannot be trusted, empty where they are our own.</summary>
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

    /// <summary>A small number that stands for a type where no reference can be kept.</summary>
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

    // Reflection may have to load what a type mentions, which may be missing or broken: then nothing is known of the type.
    private static T? Guarded<T>(Func<Type, T> read, Type type)
        where T : class
    {
        try
        {
            return read(type);
        }
        catch (Exception e) when (e is TypeLoadException or IOException or BadImageFormatException or UnknownRuntimeException or NotSupportedException)
        {
            return null;
        }
    }
}
