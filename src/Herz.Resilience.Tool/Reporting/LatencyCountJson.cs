using System.Text.Json;
using System.Text.Json.Serialization;
using Herz.Resilience.Tool.Recording;

namespace Herz.Resilience.Tool.Reporting;

/// <summary>Writes a value of a histogram as the pair <c>[microseconds, count]</c>.</summary>
internal sealed class LatencyCountJson : JsonConverter<LatencyCount>
{
    /// <inheritdoc />
    public override LatencyCount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException();
        }

        var read = new LatencyCount(Next(ref reader), Next(ref reader));
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray ? read : throw new JsonException();
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, LatencyCount value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(value.Microseconds);
        writer.WriteNumberValue(value.Count);
        writer.WriteEndArray();
    }

    private static long Next(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) ? number : throw new JsonException();
}
