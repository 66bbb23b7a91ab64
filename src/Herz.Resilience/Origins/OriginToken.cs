
namespace Herz.Resilience.Origins;

/// <summary>
/// What all work that begins in one window of one origin holds, through its execution context. A token that is alive after
/// its window has closed and its requests have ended is the proof that some of that work has not ended.
/// </summary>
/// <param name="source">The origin that gives it.</param>
/// <param name="window">The number of the window; see <see cref="OriginRegistry.Window"/>.</param>
internal sealed class OriginToken(OriginSource source, long window)
{
    private int _active;
    private int _answering;

    /// <summary>The origin: an endpoint such as <c>GET /orders/{id}</c>, or the name of background work.</summary>
    public string Label { get; } = source.Label;

    public OriginSource Source { get; } = source;

    public long Window { get; } = window;

    /// <summary>Requests, or pieces of background work, that hold the token and have not ended.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Whether all of its requests tell when their answers begin.</summary>
    public bool WatchesAnswers { get; } = source.WatchesAnswers;

    /// <summary>Requests whose answers have begun, and not ended.</summary>
    public int Answering => Volatile.Read(ref _answering);

    /// <summary>Whether anything ever began under it.</summary>
    public bool IsUsed { get; private set; }

    // Written once, for the sake of those who read what lies beside it.
    public void Use()
    {
        if (!IsUsed)
        {
            IsUsed = true;
        }
    }

    public void Begin()
    {
        Use();
        Interlocked.Increment(ref _active);
    }

    public void End() => Interlocked.Decrement(ref _active);

    public void BeginAnswer() => Interlocked.Increment(ref _answering);

    public void EndAnswer() => Interlocked.Decrement(ref _answering);
}
