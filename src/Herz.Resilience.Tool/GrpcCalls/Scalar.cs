using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>Encodes numbers, strings, bytes and enums from JSON to wire format.</summary>
internal static class Scalar
{
    /// <summary>The wire type of a field that is not packed.</summary>
    public static WireFormat.WireType WireTypeOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => WireFormat.WireType.Fixed64,
        FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => WireFormat.WireType.Fixed32,
        FieldType.String or FieldType.Bytes or FieldType.Message => WireFormat.WireType.LengthDelimited,
        FieldType.Group => WireFormat.WireType.StartGroup,
        _ => WireFormat.WireType.Varint,
    };

    /// <summary>Writes a value without its tag.</summary>
    /// <returns>False if the JSON is not a value of the field's type; then nothing is written.</returns>
    public static bool Write(CodedOutputStream output, FieldDescriptor field, JsonElement json) => field.FieldType switch
    {
        FieldType.Double => Write(Double(json), output.WriteDouble),
        FieldType.Float => Write(Float(json), output.WriteFloat),
        FieldType.Int32 => Write((int?)Whole(json, int.MinValue, int.MaxValue), output.WriteInt32),
        FieldType.SInt32 => Write((int?)Whole(json, int.MinValue, int.MaxValue), output.WriteSInt32),
        FieldType.SFixed32 => Write((int?)Whole(json, int.MinValue, int.MaxValue), output.WriteSFixed32),
        FieldType.UInt32 => Write((uint?)Whole(json, 0, uint.MaxValue), output.WriteUInt32),
        FieldType.Fixed32 => Write((uint?)Whole(json, 0, uint.MaxValue), output.WriteFixed32),
        FieldType.Int64 => Write((long?)Whole(json, long.MinValue, long.MaxValue), output.WriteInt64),
        FieldType.SInt64 => Write((long?)Whole(json, long.MinValue, long.MaxValue), output.WriteSInt64),
        FieldType.SFixed64 => Write((long?)Whole(json, long.MinValue, long.MaxValue), output.WriteSFixed64),
        FieldType.UInt64 => Write((ulong?)Whole(json, 0, ulong.MaxValue), output.WriteUInt64),
        FieldType.Fixed64 => Write((ulong?)Whole(json, 0, ulong.MaxValue), output.WriteFixed64),
        FieldType.Bool => Write(Bool(json), output.WriteBool),
        FieldType.String => Write(Text(json), output.WriteString),
        FieldType.Bytes => Write(Bytes(json), bytes => output.WriteBytes(ByteString.CopyFrom(bytes))),
        FieldType.Enum => Write(Enum(json, field.EnumType), output.WriteEnum),
        _ => false,
    };

    /// <summary>Describes the valid values of a field, for error messages.</summary>
    public static string Describe(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Enum => $"a {field.EnumType.FullName}; it must be one of {string.Join(", ", field.EnumType.Values.Select(v => v.Name))}, or a number",
        FieldType.Bytes => "bytes; they must be a base64 string",
        FieldType.Bool => "a bool; it must be true or false",
        FieldType.String => "a string",
        var type => $"a number of type {type.ToString().ToLowerInvariant()}, or is out of its range",
    };

    /// <summary>Converts a map key, which is a name in JSON, to a value of the key type.</summary>
    public static JsonElement Key(FieldDescriptor key, string name) => key.FieldType == FieldType.Bool && name is ("true" or "false")
        ? JsonElement.Parse(name)
        : JsonElement.Parse($"\"{JsonEncodedText.Encode(name)}\"");

    private static bool Write<T>(T? value, Action<T> write) where T : struct
    {
        if (value is { } known)
        {
            write(known);
        }

        return value is not null;
    }

    private static bool Write<T>(T? value, Action<T> write) where T : class
    {
        if (value is not null)
        {
            write(value);
        }

        return value is not null;
    }

    private static float? Float(JsonElement json) =>
        Double(json) is { } value && (float.IsFinite((float)value) || !double.IsFinite(value)) ? (float)value : null;

    private static decimal? Whole(JsonElement json, decimal min, decimal max) =>
        Digits(json) is { } text
        && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
        && value == decimal.Truncate(value) && value >= min && value <= max
            ? value
            : null;

    private static double? Double(JsonElement json) => Digits(json) switch
    {
        null => null,
        "NaN" when json.ValueKind == JsonValueKind.String => double.NaN,
        "Infinity" when json.ValueKind == JsonValueKind.String => double.PositiveInfinity,
        "-Infinity" when json.ValueKind == JsonValueKind.String => double.NegativeInfinity,
        var text => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null,
    };

    private static string? Digits(JsonElement json) => json.ValueKind == JsonValueKind.Number ? json.GetRawText() : Text(json);

    private static bool? Bool(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static string? Text(JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.String ? json.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // UTF-8 cannot represent half of a surrogate pair.
            return null;
        }
    }

    // ProtoJSON accepts both alphabets, with and without padding.
    private static byte[]? Bytes(JsonElement json)
    {
        if (Text(json) is not { } text)
        {
            return null;
        }

        var plain = text.TrimEnd('=').Replace('-', '+').Replace('_', '/');
        var padded = plain.PadRight((plain.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }

    private static int? Enum(JsonElement json, EnumDescriptor type)
    {
        if (Text(json) is { } name && type.FindValueByName(name) is { } value)
        {
            return value.Number;
        }

        return json.ValueKind == JsonValueKind.Number && Whole(json, int.MinValue, int.MaxValue) is { } number ? (int)number : null;
    }
}
