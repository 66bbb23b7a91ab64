using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Herz.Resilience.PendingWork.Text;

/// <summary>Writes the counts as one JSON object.</summary>
internal static class JsonText
{
    // The output is for programs and terminals, not for HTML, so < and > in names stay readable.
    private static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(PendingWorkProfile profile, TextWriter writer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteString("capturedAt", profile.CapturedAt);
            json.WriteString("method", profile.Method.ToString());
            json.WriteNumber("durationMs", Math.Round(profile.Duration.TotalMilliseconds, 3));
            json.WriteNumber("total", profile.Count);
            json.WriteStartArray("refusals");
            foreach (var refusal in profile.Refusals)
            {
                json.WriteStartObject();
                json.WriteString("method", refusal.Method.ToString());
                json.WriteString("reason", refusal.Reason);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("notes");
            foreach (var note in profile.Notes)
            {
                json.WriteStringValue(note);
            }

            json.WriteEndArray();
            Groups(json, "methods", profile.ByMethod());
            Groups(json, "origins", profile.ByOrigin());
            Groups(json, "stacks", profile.ByStack());
            Types(json, profile.HeapByType);
            json.WriteEndObject();
        }

        writer.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        writer.Write('\n');
    }

    private static void Types(Utf8JsonWriter json, IReadOnlyList<HeapTypeCount> types)
    {
        json.WriteStartArray("types");
        foreach (var type in types)
        {
            json.WriteStartObject();
            json.WriteString("type", type.Type);
            json.WriteNumber("count", type.Count);
            json.WriteNumber("bytes", type.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Groups(Utf8JsonWriter json, string name, IReadOnlyList<PendingGroup> groups)
    {
        json.WriteStartArray(name);
        foreach (var group in groups)
        {
            json.WriteStartObject();
            json.WriteNumber("count", group.Count);
            json.WriteString("kind", group.Kind.ToString());
            json.WriteString("state", group.State.ToString());
            json.WriteString("method", group.Method);
            json.WriteString("awaits", group.Awaits);
            if (group.Origin is not null)
            {
                json.WriteString("origin", group.Origin);
            }

            if (group.Stack is not null)
            {
                json.WriteStartArray("stack");
                foreach (var method in group.Stack.Split(" <- "))
                {
                    json.WriteStringValue(method);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
