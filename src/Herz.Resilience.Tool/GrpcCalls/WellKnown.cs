using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>The compiled-in types that have their own JSON form, such as a timestamp as text.</summary>
internal static class WellKnown
{
    private static readonly Dictionary<string, MessageDescriptor> s_types = new[]
    {
        Timestamp.Descriptor, Duration.Descriptor, FieldMask.Descriptor, Struct.Descriptor, Value.Descriptor, ListValue.Descriptor,
        DoubleValue.Descriptor, FloatValue.Descriptor, Int64Value.Descriptor, UInt64Value.Descriptor, Int32Value.Descriptor,
        UInt32Value.Descriptor, BoolValue.Descriptor, StringValue.Descriptor, BytesValue.Descriptor,
    }.ToDictionary(t => t.FullName, StringComparer.Ordinal);

    /// <summary>Encodes JSON of a well-known type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="json">The JSON.</param>
    /// <param name="message">The message, or null if the type is not a well-known type.</param>
    /// <returns>The error, or null.</returns>
    public static string? Encode(MessageDescriptor type, JsonElement json, out byte[]? message)
    {
        message = null;
        if (type.FullName == Any.Descriptor.FullName)
        {
            return "google.protobuf.Any is not supported";
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

    /// <summary>Whether null is a value of the field and does not mean that the field is absent.</summary>
    public static bool TakesNull(FieldDescriptor field) =>
        field.FieldType == FieldType.Message && !field.IsMap && field.MessageType.FullName == Value.Descriptor.FullName;
}
