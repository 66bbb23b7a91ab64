using System.Text.Json;

namespace Herz.Resilience.Tool.Leaks;

/// <summary>A capture of pending work, parsed from the JSON of the target.</summary>
/// <param name="At">Time of the capture.</param>
/// <param name="Total">Number of pending operations.</param>
/// <param name="Notes">Omissions, and reasons why the capture may be empty.</param>
/// <param name="Stacks">Counts by call stack.</param>
/// <param name="Origins">Counts by the endpoint or work that started the operations; empty if the target does not record origins.</param>
internal sealed record PendingCapture(
    DateTimeOffset At, long Total, IReadOnlyList<string> Notes, IReadOnlyList<PendingStack> Stacks, IReadOnlyList<PendingStack> Origins)
{
    /// <summary>False if the target could not read its own process; then an empty capture has no meaning.</summary>
    public bool IsReadable { get; private init; } = true;

    /// <summary>Parses a capture.</summary>
    /// <param name="json">The text.</param>
    /// <param name="from">Source of the text, for error messages.</param>
    /// <exception cref="UsageException">The text is not a capture.</exception>
    public static PendingCapture Parse(ReadOnlyMemory<byte> json, string from)
    {
        if (json.Span.TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'<', ..])
        {
            throw new UsageException($"{from} is an HTML page, not a capture of pending work; use the management port, and check for a login page");
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new UsageException($"{from} is not a capture of pending work: it is not JSON (line {e.LineNumber + 1})", e);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UsageException($"{from} is not a capture of pending work: it is JSON, but 'capturedAt', 'total' or 'stacks' is missing or invalid", e);
        }
    }

    private static PendingCapture Read(JsonElement root)
    {
        var refusals = Items(root, "refusals").Select(r => $"capture by {Text(r, "method")} failed: {Text(r, "reason")}");
        return new PendingCapture(
            root.GetProperty("capturedAt").GetDateTimeOffset(),
            root.GetProperty("total").GetInt64(),
            [.. Items(root, "notes").Select(n => n.GetString() ?? ""), .. refusals],
            [.. root.GetProperty("stacks").EnumerateArray().Select(ReadStack)],
            [.. Items(root, "origins").Where(o => o.TryGetProperty("origin", out _)).Select(ReadOrigin)])
        {
            IsReadable = Text(root, "method") != "None",
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
            "Yielded" => "yielded, waiting for its consumer",
            var other => other.ToLowerInvariant(),
        };
        return Text(group, "kind") is "AsyncMethod" or "" ? state : $"{state} ({Text(group, "kind")})";
    }

    private static JsonElement[] Items(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var list) ? [.. list.EnumerateArray()] : [];

    private static string Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";
}
