namespace Herz.Resilience.Origins;

/// <summary>One origin of work: hands out the token of the open window.</summary>
internal sealed class OriginSource
{
    private volatile OriginToken _open;
    private volatile bool _watchesAnswers;

    public OriginSource(string label, OriginKind kind, long window)
    {
        Label = label;
        Kind = kind;
        _open = new OriginToken(this, window | (long)kind);
    }

    public string Label { get; }

    public OriginKind Kind { get; }

    /// <summary>Whether its requests may rightly last for long.</summary>
    public bool IsLongLived => Kind == OriginKind.Stream;

    /// <summary>
    /// Whether the requests of its windows tell when their answers begin. That costs each of them a callback, so it is asked for once
    /// some of them have lasted for long.
    /// </summary>
    public bool WatchesAnswers
    {
        get => _watchesAnswers;
        set => _watchesAnswers = value;
    }

    /// <summary>The token of the open window, with one more user; whoever takes it ends it.</summary>
    public OriginToken Take()
    {
        var token = _open;
        token.Begin();
        return token;
    }

    /// <summary>The token of the open window, for work of which nobody knows when it ends.</summary>
    public OriginToken Lend()
    {
        var token = _open;
        token.Use();
        return token;
    }

    /// <summary>Closes the window and opens the next.</summary>
    /// <returns>The token of the closed window; null for a source that began in the next one already.</returns>
    public OriginToken? Close(long nextWindow)
    {
        var closed = _open;
        var next = new OriginToken(this, nextWindow | (long)Kind);
        if (closed.Window == next.Window)
        {
            return null;
        }

        _open = next;
        return closed;
    }
}
