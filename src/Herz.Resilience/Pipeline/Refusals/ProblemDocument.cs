using System.Buffers;
using System.Text.Json;

namespace Herz.Resilience.Pipeline.Refusals;

/// <summary>Problem details in JSON (RFC 9457).</summary>
internal static class ProblemDocument
{
    public static byte[] Write(Refusal refusal)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", refusal.Type);
            json.WriteString("title", refusal.Title);
            json.WriteNumber("status", refusal.StatusCode);
            if (refusal.Detail is { } detail)
            {
                json.WriteString("detail", detail);
            }

            // Without the serializer, since a trimmed app may have disabled its reflection.
            foreach (var (name, values) in refusal.Extensions)
            {
                json.WriteStartArray(name);
                foreach (var value in values)
                {
                    json.WriteStringValue(value);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
