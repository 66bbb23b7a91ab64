using System.Text.Json;

namespace Herz.Resilience.Tool.Leaks;

/// <summary>A capture of pending work, read from the JSON that the target serves.</summary>
/// <param name="At">When it was captured.</param>
/// <param name="Total">How many operations were pending.</param>
/// <param name="Notes">What it leaves out, and why it may be empty.</param>
/// <param name="Stacks">Counts by call stack.</param>
/// <param name="Origins">Counts by the endpoint or work that began them; empty where the target keeps no origins.</param>
internal sealed record PendingCapture(
    DateTimeOffset At, long Total, IReadOnlyList<string> Notes, IReadOnlyList<PendingStack> Stacks, IReadOnlyList<PendingStack> Origins)
{
    /// <summary>False where the target could not read its own process, so that an empty capture says nothing.</summary>
    public bool IsReadable { get; private init; } = true;

    /// <summary>Reads a capture.</summary>
    /// <param name="json">The text.</param>
    /// <param name="from">Where it is from, for the complaint.</param>
    /// <exception cref="UsageException">The text is none.</exception>
    public static PendingCapture Parse(ReadOnlyMemory<byte> json, string from)
    {
        if (json.Span.TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'<', ..])
        {
            throw new UsageException($"{from} is an HTML page, not a capture of pending work; is that the app's own port, or a login page?");
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new UsageException($"{from} is no capture of pending work: it is no JSON (line {e.LineNumber + 1})", e);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UsageException($"{from} is no capture of pending work: it is JSON, but without the 'capturedAt', 'total' and 'stacks' of one", e);
        }
    }

    private static PendingCapture Read(JsonElement root)
    {
        var refusals = Items(root, "refusals").Select(r => $"{Text(r, "way")} was not possible: {Text(r, "reason")}");
        return new PendingCapture(
            root.GetProperty("capturedAt").GetDateTimeOffset(),
            root.GetProperty("total").GetInt64(),
            [.. Items(root, "notes").Select(n => n.GetString() ?? ""), .. refusals],
            [.. root.GetProperty("stacks").EnumerateArray().Select(ReadStack)],
            [.. Items(root, "origins").Where(o => o.TryGetProperty("origin", out _)).Select(ReadOrigin)])
        {
            IsReadable = Text(root, "way") != "None",
        };
    }

    private static PendingStack ReadStack(JsonElement group)
    {
        var methods = group.TryGetProperty("stack", out var stack)
            ? stack.EnumerateArray().Select(m => m.GetString() ?? "").Reverse()
            : [group.GetProperty("method").GetString() ?? ""];
        return new PendingStack([.. methods, Waiting(group)], group.GetProperty("count").GetInt64());
    }

    private static PendingStack ReadOrigin(JsonElement group) =>
        new([Text(group, "origin"), Text(group, "method"), Waiting(group)], group.GetProperty("count").GetInt64());

    private static string Waiting(JsonElement group)
    {
        var awaits = Text(group, "awaits");
        var state = Text(group, "state") switch
        {
            "Awaiting" or "" => $"awaiting {awaits}",
            "Runnable" when awaits.Length > 0 => $"runnable after {awaits}",
            "Yielded" => "at a yield, waiting for its consumer",
            var other => other.ToLowerInvariant(),
        };
        return Text(group, "kind") is "AsyncMethod" or "" ? state : $"{state} ({Text(group, "kind")})";
    }

    private static JsonElement[] Items(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var list) ? [.. list.EnumerateArray()] : [];

    private static string Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";
}
