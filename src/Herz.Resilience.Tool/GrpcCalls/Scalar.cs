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
    public static bool Write(CodedOutputStream output, FieldDescriptor field, JsonElement json)
    {
        switch (field.FieldType)
        {
            case FieldType.Double when Double(json) is { } value:
                output.WriteDouble(value);
                return true;
            case FieldType.Float when Double(json) is { } value && (float.IsFinite((float)value) || !double.IsFinite(value)):
                output.WriteFloat((float)value);
                return true;
            case FieldType.Int32 when Whole(json, int.MinValue, int.MaxValue) is { } value:
                output.WriteInt32((int)value);
                return true;
            case FieldType.SInt32 when Whole(json, int.MinValue, int.MaxValue) is { } value:
                output.WriteSInt32((int)value);
                return true;
            case FieldType.SFixed32 when Whole(json, int.MinValue, int.MaxValue) is { } value:
                output.WriteSFixed32((int)value);
                return true;
            case FieldType.UInt32 when Whole(json, 0, uint.MaxValue) is { } value:
                output.WriteUInt32((uint)value);
                return true;
            case FieldType.Fixed32 when Whole(json, 0, uint.MaxValue) is { } value:
                output.WriteFixed32((uint)value);
                return true;
            case FieldType.Int64 when Whole(json, long.MinValue, long.MaxValue) is { } value:
                output.WriteInt64((long)value);
                return true;
            case FieldType.SInt64 when Whole(json, long.MinValue, long.MaxValue) is { } value:
                output.WriteSInt64((long)value);
                return true;
            case FieldType.SFixed64 when Whole(json, long.MinValue, long.MaxValue) is { } value:
                output.WriteSFixed64((long)value);
                return true;
            case FieldType.UInt64 when Whole(json, 0, ulong.MaxValue) is { } value:
                output.WriteUInt64((ulong)value);
                return true;
            case FieldType.Fixed64 when Whole(json, 0, ulong.MaxValue) is { } value:
                output.WriteFixed64((ulong)value);
                return true;
            case FieldType.Bool when Bool(json) is { } value:
                output.WriteBool(value);
                return true;
            case FieldType.String when Text(json) is { } value:
                output.WriteString(value);
                return true;
            case FieldType.Bytes when Bytes(json) is { } value:
                output.WriteBytes(ByteString.CopyFrom(value));
                return true;
            case FieldType.Enum when Enum(json, field.EnumType) is { } value:
                output.WriteEnum(value);
                return true;
            default:
                return false;
        }
    }

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
