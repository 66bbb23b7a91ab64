using System.Text.Json;

namespace Herz.Resilience.Tool.Leaks;

/// <summary>Reads the suspected leaks of the target's watchdog from any of its JSON pages.</summary>
internal static class Culprits
{
    private static readonly string[] s_lists = ["culprits", "suspected", "suspicions", "leaks"];
    private static readonly string[] s_sentences = ["text", "words", "summary", "message"];

    /// <summary>One line for each suspected leak; empty if the page contains none or is not JSON.</summary>
    public static IReadOnlyList<string> Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind != JsonValueKind.Object ? [] :
                [.. s_lists.Where(l => document.RootElement.TryGetProperty(l, out var list) && list.ValueKind == JsonValueKind.Array)
                    .SelectMany(l => document.RootElement.GetProperty(l).EnumerateArray().Select(Describe))];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static string Describe(JsonElement suspicion)
    {
        if (suspicion.ValueKind != JsonValueKind.Object)
        {
            return suspicion.ToString();
        }

        foreach (var name in s_sentences)
        {
            if (suspicion.TryGetProperty(name, out var sentence) && sentence.ValueKind == JsonValueKind.String)
            {
                return sentence.GetString()!;
            }
        }

        return string.Join(", ", suspicion.EnumerateObject().Select(p => $"{p.Name} {p.Value}"));
    }
}
