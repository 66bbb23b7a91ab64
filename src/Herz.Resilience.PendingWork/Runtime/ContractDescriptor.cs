using System.Runtime.InteropServices;
using System.Text.Json;

namespace Herz.Resilience.PendingWork.Runtime;

/// <summary>
/// The runtime's description of its memory layout, published as the exported symbol <c>DotNetRuntimeContractDescriptor</c>.
/// Source: dotnet/runtime, docs/design/datacontracts/contract-descriptor.md.
/// </summary>
internal sealed class ContractDescriptor
{
    // "DNCCDAC\0" as a little-endian word.
    private const ulong Magic = 0x0043_4144_4343_4E44;
    private const int MaxLength = 1 << 20;

    private readonly JsonElement _types;

    private ContractDescriptor(JsonElement types) => _types = types;

    /// <summary>Reads the descriptor of the loaded runtime.</summary>
    /// <exception cref="UnsupportedRuntimeException">The runtime exports no descriptor, or an unsupported one.</exception>
    public static unsafe ContractDescriptor OfRuntime(string runtimeFile)
    {
        if (!NativeLibrary.TryLoad(runtimeFile, out var library) || !NativeLibrary.TryGetExport(library, "DotNetRuntimeContractDescriptor", out var symbol))
        {
            throw new UnsupportedRuntimeException("the runtime exports no DotNetRuntimeContractDescriptor");
        }

        // struct { uint64 magic; uint32 flags; uint32 size; const char* json; … } in the runtime's read-only data.
        var header = (byte*)symbol;
        var size = *(uint*)(header + 12);
        if (*(ulong*)header != Magic)
        {
            throw new UnsupportedRuntimeException("the runtime's contract descriptor starts with an unknown word instead of DNCCDAC");
        }

        return size is 0 or > MaxLength
            ? throw new UnsupportedRuntimeException($"the runtime's contract descriptor has a size of {size} bytes, not 1 to {MaxLength}")
            : Parse(new ReadOnlyMemory<byte>(new ReadOnlySpan<byte>(*(byte**)(header + 16), (int)size).ToArray()));
    }

    /// <summary>Parses a descriptor in the compact JSON format: version 0 of .NET 10, or version 2 of .NET 11.</summary>
    public static ContractDescriptor Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.GetProperty("version").GetInt32() is not (0 or 2) || !IsFirst(root.GetProperty("contracts").GetProperty("RuntimeTypeSystem")))
            {
                throw new UnsupportedRuntimeException("the runtime's contract descriptor is not version 0 or 2, or its RuntimeTypeSystem contract is not version 1");
            }

            return new ContractDescriptor(root.GetProperty("types").Clone());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UnsupportedRuntimeException($"the runtime's contract descriptor is invalid: {e.Message}");
        }
    }

    /// <summary>The offset of a field. The descriptor gives it as a number, or as a pair of number and type.</summary>
    /// <exception cref="UnsupportedRuntimeException">The runtime does not publish the offset.</exception>
    public int Offset(string type, string field)
    {
        if (_types.TryGetProperty(type, out var fields) && fields.TryGetProperty(field, out var value))
        {
            var number = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 ? value[0] : value;
            if (number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var offset) && offset is >= 0 and < 0x10000)
            {
                return offset;
            }
        }

        throw new UnsupportedRuntimeException($"the runtime's contract descriptor does not contain {type}.{field}");
    }

    // .NET 10 writes 1 and .NET 11 writes "c1".
    private static bool IsFirst(JsonElement version) => version.ValueKind == JsonValueKind.String ? version.ValueEquals("c1"u8) : version.GetInt32() == 1;
}
