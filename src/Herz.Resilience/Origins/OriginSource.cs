namespace Herz.Resilience.Origins;

/// <summary>One origin of work. It issues the token of the open window.</summary>
internal sealed class OriginSource
{
    private volatile OriginToken _open;
    private volatile bool _watchesAnswers;
    private long _activity;

    public OriginSource(string label, OriginKind kind, long window)
    {
        Label = label;
        Kind = kind;
        _open = new OriginToken(this, window | (long)kind);
    }

    /// <summary>Guards the rests of its tokens.</summary>
    public Lock Lock { get; } = new();

    public string Label { get; }

    public OriginKind Kind { get; }

    /// <summary>Whether its requests may last long.</summary>
    public bool IsLongLived => Kind == OriginKind.Stream;

    /// <summary>
    /// Whether the requests of its windows report the start of their answers. That costs each request a callback, so it is enabled
    /// only after some requests have lasted long.
    /// </summary>
    public bool WatchesAnswers
    {
        get => _watchesAnswers;
        set => _watchesAnswers = value;
    }

    /// <summary>Returns the token of the open window and adds a user to it; the caller must end it.</summary>
    public OriginToken Take()
    {
        var token = _open;
        token.Begin();
        if (Kind == OriginKind.Work)
        {
            Interlocked.Increment(ref _activity);
        }

        return token;
    }

    /// <summary>How often work has begun or resumed here: the load of services and loops, whose work has no requests.</summary>
    public long Activity => Volatile.Read(ref _activity);

    /// <summary>Returns the token of the open window, for work whose end is not reported.</summary>
    public OriginToken Lend()
    {
        Interlocked.Increment(ref _activity);
        var token = _open;
        token.Use();
        return token;
    }

    /// <summary>Closes the window and opens the next. A token that no work has used moves to the next window.</summary>
    /// <returns>The used token of the closed window; null if it was not used, and for a source created in the next window.</returns>
    public OriginToken? Close(long nextWindow)
    {
        var closed = _open;
        var next = nextWindow | (long)Kind;
        if (closed.Window == next)
        {
            return null;
        }

        if (!closed.IsUsed)
        {
            closed.Renumber(next);
            return null;
        }

        _open = new OriginToken(this, next);
        return closed;
    }
}
