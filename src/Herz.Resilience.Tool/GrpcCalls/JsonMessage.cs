using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>
/// Encodes JSON as a Protocol Buffers message, given the descriptor of its type, by the rules of ProtoJSON
/// (protobuf.dev/programming-guides/json). Each error is one sentence that names the field.
/// </summary>
internal sealed class JsonMessage(string what)
{
    /// <summary>The message in wire format; empty text is read as <c>{}</c>.</summary>
    /// <exception cref="UsageException">The JSON does not match the type.</exception>
    public byte[] Encode(ReadOnlyMemory<byte> json, MessageDescriptor type)
    {
        try
        {
            using var document = JsonDocument.Parse(json.IsEmpty ? "{}"u8.ToArray() : json);
            return Message(document.RootElement, type, "");
        }
        catch (JsonException e)
        {
            throw new UsageException($"{what} is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", e);
        }
    }

    private byte[] Message(JsonElement json, MessageDescriptor type, string path)
    {
        if (WellKnown.Encode(type, json, out var known) is { } reason)
        {
            throw Wrong(path, reason);
        }

        if (known is not null)
        {
            return known;
        }

        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            Fields(output, json, type, path);
        }

        return bytes.ToArray();
    }

    private void Fields(CodedOutputStream output, JsonElement json, MessageDescriptor type, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(path, $"{json.ValueKind} cannot be a {type.FullName}; it must be an object");
        }

        var given = new HashSet<FieldDescriptor>();
        var chosen = new Dictionary<OneofDescriptor, FieldDescriptor>();
        foreach (var property in json.EnumerateObject())
        {
            var field = type.Fields.InDeclarationOrder().FirstOrDefault(f => f.JsonName == property.Name || f.Name == property.Name)
                ?? throw Wrong(Join(path, property.Name), $"{type.FullName} has no such field; its fields are {DescriptorPool.List(type.Fields.InDeclarationOrder().Select(f => f.JsonName))}");
            var at = Join(path, property.Name);
            if (!given.Add(field))
            {
                throw Wrong(at, "the field occurs twice");
            }

            if (property.Value.ValueKind == JsonValueKind.Null && (field.IsRepeated || !WellKnown.TakesNull(field)))
            {
                given.Remove(field);
                continue;
            }

            if (field.RealContainingOneof is { } oneof && !chosen.TryAdd(oneof, field))
            {
                throw Wrong(at, $"only one field of the oneof {oneof.Name} is allowed, but {chosen[oneof].JsonName} is present too");
            }

            Field(output, field, property.Value, at);
        }

        if (type.Fields.InDeclarationOrder().FirstOrDefault(f => f.IsRequired && !given.Contains(f)) is { } required)
        {
            throw Wrong(Join(path, required.JsonName), $"{type.FullName} requires this field, but it is missing");
        }
    }

    private void Field(CodedOutputStream output, FieldDescriptor field, JsonElement json, string path)
    {
        if (field.IsMap)
        {
            Map(output, field, json, path);
        }
        else if (field.IsRepeated)
        {
            Repeated(output, field, json, path);
        }
        else
        {
            Single(output, field, json, path);
        }
    }

    private void Map(CodedOutputStream output, FieldDescriptor field, JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(path, $"{json.ValueKind} cannot be a map; it must be an object");
        }

        var (key, value) = (field.MessageType.FindFieldByNumber(1), field.MessageType.FindFieldByNumber(2));
        foreach (var property in json.EnumerateObject())
        {
            var at = $"{path}[{property.Name}]";
            NoNull(property.Value, value, at);
            using var entry = new MemoryStream();
            using (var inner = new CodedOutputStream(entry, leaveOpen: true))
            {
                inner.WriteTag(1, Scalar.WireTypeOf(key));
                Write(inner, key, Scalar.Key(key, property.Name), at);
                Single(inner, value, property.Value, at);
            }

            output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(entry.ToArray()));
        }
    }

    private void Repeated(CodedOutputStream output, FieldDescriptor field, JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(path, $"{json.ValueKind} cannot be a repeated field; it must be an array");
        }

        // The descriptor also marks messages and strings as packed; they never are.
        var isPacked = field.IsPacked && Scalar.WireTypeOf(field) is (WireFormat.WireType.Varint or WireFormat.WireType.Fixed32 or WireFormat.WireType.Fixed64);
        using var packed = new MemoryStream();
        using (var inner = new CodedOutputStream(packed, leaveOpen: true))
        {
            foreach (var (index, item) in json.EnumerateArray().Index())
            {
                var at = $"{path}[{index}]";
                NoNull(item, field, at);
                if (isPacked)
                {
                    Write(inner, field, item, at);
                }
                else
                {
                    Single(output, field, item, at);
                }
            }
        }

        if (packed.Length > 0)
        {
            output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(packed.ToArray()));
        }
    }

    private void Single(CodedOutputStream output, FieldDescriptor field, JsonElement json, string path)
    {
        output.WriteTag(field.FieldNumber, Scalar.WireTypeOf(field));
        if (field.FieldType == FieldType.Group)
        {
            Fields(output, json, field.MessageType, path);
            output.WriteTag(field.FieldNumber, WireFormat.WireType.EndGroup);
        }
        else if (field.FieldType == FieldType.Message)
        {
            output.WriteBytes(ByteString.CopyFrom(Message(json, field.MessageType, path)));
        }
        else
        {
            Write(output, field, json, path);
        }
    }

    private void Write(CodedOutputStream output, FieldDescriptor field, JsonElement json, string path)
    {
        if (!Scalar.Write(output, field, json))
        {
            throw Wrong(path, $"{Short(json)} cannot be {Scalar.Describe(field)}");
        }
    }

    private void NoNull(JsonElement json, FieldDescriptor field, string path)
    {
        if (json.ValueKind == JsonValueKind.Null && !WellKnown.TakesNull(field))
        {
            throw Wrong(path, "null cannot be an element");
        }
    }

    private UsageException Wrong(string path, string reason) => new(path.Length == 0 ? $"{what}: {reason}" : $"{what}, field {path}: {reason}");

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Short(JsonElement json) => json.GetRawText() is { Length: > 60 } text ? text[..60].ReplaceLineEndings(" ") + "…" : json.GetRawText();
}
