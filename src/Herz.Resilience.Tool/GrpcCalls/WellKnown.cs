using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>The types that have a JSON form of their own, such as a timestamp as text; those are compiled in.</summary>
internal static class WellKnown
{
    private static readonly Dictionary<string, MessageDescriptor> s_types = new[]
    {
        Timestamp.Descriptor, Duration.Descriptor, FieldMask.Descriptor, Struct.Descriptor, Value.Descriptor, ListValue.Descriptor,
        DoubleValue.Descriptor, FloatValue.Descriptor, Int64Value.Descriptor, UInt64Value.Descriptor, Int32Value.Descriptor,
        UInt32Value.Descriptor, BoolValue.Descriptor, StringValue.Descriptor, BytesValue.Descriptor,
    }.ToDictionary(t => t.FullName, StringComparer.Ordinal);

    /// <summary>Encodes JSON of such a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="json">The JSON.</param>
    /// <param name="message">The message, or null where the type is none of them.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Encode(MessageDescriptor type, JsonElement json, out byte[]? message)
    {
        message = null;
        if (type.FullName == Any.Descriptor.FullName)
        {
            return "google.protobuf.Any cannot be written in JSON here";
        }

        if (!s_types.TryGetValue(type.FullName, out var known))
        {
            return null;
        }

        try
        {
            message = JsonParser.Default.Parse(json.GetRawText(), known).ToByteArray();
            return null;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException or ArgumentException or FormatException or OverflowException)
        {
            return $"{json.GetRawText().ReplaceLineEndings(" ")} cannot be a {type.FullName}: {e.Message.ReplaceLineEndings(" ")}";
        }
    }

    /// <summary>Whether null is a value of the field, not its absence.</summary>
    public static bool TakesNull(FieldDescriptor field) =>
        field.FieldType == FieldType.Message && !field.IsMap && field.MessageType.FullName == Value.Descriptor.FullName;
}
