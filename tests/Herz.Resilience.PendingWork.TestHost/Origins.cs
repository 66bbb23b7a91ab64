namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>Work that carries an origin token.</summary>
internal static class Origins
{
    private static readonly AsyncLocal<Token?> s_current = new();
    private static readonly AsyncLocal<object?>[] s_others = [.. Enumerable.Range(0, 24).Select(static _ => new AsyncLocal<object?>())];
    private static readonly List<object> s_kept = [];

    public static OriginMarker Marker { get; } = new(typeof(Token), nameof(Token.Label), nameof(Token.Id));

    /// <summary>Starts work under one token. The number of other values determines the layout of the context.</summary>
    public static void Start(string label, long id, int count, int otherValues)
    {
        s_current.Value = new Token { Label = label, Id = id };
        for (var i = 0; i < otherValues; i++)
        {
            s_others[i].Value = new object();
        }

        for (var i = 0; i < count; i++)
        {
            s_kept.Add(Traced());
        }

        s_current.Value = null;
        for (var i = 0; i < otherValues; i++)
        {
            s_others[i].Value = null;
        }
    }

    private static async Task Traced()
    {
        var source = new TaskCompletionSource();
        s_kept.Add(source);
        await source.Task;
    }

    private sealed class Token
    {
        public required string Label { get; init; }

        public required long Id { get; init; }
    }
}
