using System.Reflection;
using System.Runtime.CompilerServices;

namespace Herz.Resilience.PendingWork.Runtime;

/// <summary>The offsets of fields: from the first byte after the method table pointer, or from the start of the struct.</summary>
internal static class FieldLayout
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The offset of a field of a class from the start of the object.</summary>
    public static int InObject(FieldInfo field) => Of(field) + sizeof(ulong);

    /// <summary>The offset of a field from the start of the fields.</summary>
    public static unsafe int Of(FieldInfo field) =>
        (int)(*(uint*)(field.FieldHandle.Value + RuntimeFacts.FieldDescOffset) & RuntimeFacts.FieldDescMask);

    /// <summary>The offset of a required field from the start of the object.</summary>
    /// <exception cref="UnsupportedRuntimeException">This framework does not have the field.</exception>
    public static int Required(Type type, string name) =>
        Find(type, name) is { } field
            ? InObject(field)
            : throw new UnsupportedRuntimeException($"{type.FullName ?? type.Name}.{name} is missing: this framework version is not supported");

    /// <summary>A field of the type or of a base type; null if there is none.</summary>
    public static FieldInfo? Find(Type? type, string name)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.GetField(name, Declared) is { } field)
            {
                return field;
            }
        }

        return null;
    }

    /// <summary>Adds the offsets of all references in a value of <paramref name="type"/> at <paramref name="offset"/>.</summary>
    public static void References(Type type, int offset, List<int> into)
    {
        if (!type.IsValueType)
        {
            into.Add(offset);
            return;
        }

        if (type.IsPrimitive || type.IsEnum || type.IsPointer)
        {
            return;
        }

        foreach (var field in type.GetFields(Declared))
        {
            References(field.FieldType, offset + Of(field), into);
        }
    }

    /// <summary>Compares the offsets with those of a known object, to reject a runtime with other field descriptions.</summary>
    /// <exception cref="UnsupportedRuntimeException">The offsets differ.</exception>
    public static void Verify()
    {
        var canary = new Canary();
        ref var start = ref Unsafe.As<RawBody>(canary).First;
        Check(nameof(Canary.Text), (int)Unsafe.ByteOffset(ref start, ref Unsafe.As<string?, byte>(ref canary.Text)));
        Check(nameof(Canary.Number), (int)Unsafe.ByteOffset(ref start, ref Unsafe.As<int, byte>(ref canary.Number)));
        Check(nameof(Canary.Long), (int)Unsafe.ByteOffset(ref start, ref Unsafe.As<long, byte>(ref canary.Long)));
        Check(nameof(Canary.Pair), (int)Unsafe.ByteOffset(ref start, ref Unsafe.As<(byte, object?), byte>(ref canary.Pair)));
        Check(nameof(Canary.Last), (int)Unsafe.ByteOffset(ref start, ref Unsafe.As<byte, byte>(ref canary.Last)));
    }

    private static void Check(string name, int actual)
    {
        var claimed = Of(typeof(Canary).GetField(name)!);
        if (claimed != actual)
        {
            throw new UnsupportedRuntimeException($"field descriptions have an unknown format: {name} is at offset {actual}, not {claimed}");
        }
    }

    private sealed class RawBody
    {
        public byte First;
    }

    private sealed class Canary
    {
        public int Number = 1;
        public string? Text = "";
        public long Long = 2;
        public (byte, object?) Pair = (3, null);
        public byte Last = 4;
    }
}
