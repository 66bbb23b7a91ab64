
namespace Herz.Resilience.Origins;

/// <summary>
/// A token that all work started in one window of one origin holds through its execution context. If the token is alive after
/// its window has closed and its requests have ended, some of that work has not ended.
/// </summary>
/// <param name="source">The origin that issues the token.</param>
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

    /// <summary>Whether all of its requests report the start of their answers.</summary>
    public bool WatchesAnswers { get; } = source.WatchesAnswers;

    /// <summary>Requests whose answers have started and not ended.</summary>
    public int Answering => Volatile.Read(ref _answering);

    /// <summary>Whether any work ever started under the token.</summary>
    public bool IsUsed { get; private set; }

    // Written only once, so that readers of the same cache line are not disturbed.
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
