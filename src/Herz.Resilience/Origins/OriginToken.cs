using System.Diagnostics.CodeAnalysis;

namespace Herz.Resilience.Origins;

/// <summary>
/// A token that all work started in one window of one origin holds through its execution context. Work that outlives its request
/// holds the token's <see cref="Rest"/>: if that is alive after the window has closed and its requests have ended, some of the work
/// has not ended.
/// </summary>
/// <param name="source">The origin that issues the token.</param>
/// <param name="window">The number of the window; see <see cref="OriginRegistry.Window"/>.</param>
internal sealed class OriginToken(OriginSource source, long window)
{
    private const int BegunShift = 32;

    // The requests begun in the upper half, the active ones in the lower half: one interlocked operation for both.
    private long _requests;
    private int _answering;
    private WeakReference<OriginToken>? _rest;

    /// <summary>The origin: an endpoint such as <c>GET /orders/{id}</c>, or the name of background work.</summary>
    public string Label { get; } = source.Label;

    public OriginSource Source { get; } = source;

    public long Window { get; private set; } = window;

    /// <summary>Requests, or pieces of background work, that hold the token and have not ended.</summary>
    public int Active => (int)Volatile.Read(ref _requests);

    /// <summary>Requests, or pieces of background work, that began under the token.</summary>
    public int Begun => (int)(Volatile.Read(ref _requests) >> BegunShift);

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
        Interlocked.Add(ref _requests, (1L << BegunShift) + 1);
    }

    public void End() => Interlocked.Decrement(ref _requests);

    /// <summary>
    /// The token for what is left of a request that ends. Only that work holds it, so it dies in the first collection of the young
    /// generations if nothing is left; the source keeps the token itself alive until the window closes, which makes it old.
    /// </summary>
    public OriginToken Rest() => _rest is { } known && known.TryGetTarget(out var rest) ? rest : CreateRest();

    /// <summary>Finds what is left of the requests that have ended.</summary>
    public bool TryGetRest([NotNullWhen(true)] out OriginToken? rest)
    {
        rest = null;
        return Volatile.Read(ref _rest)?.TryGetTarget(out rest) == true;
    }

    /// <summary>Moves a token that no work has used to the next window.</summary>
    public void Renumber(long window) => Window = window;

    public void BeginAnswer() => Interlocked.Increment(ref _answering);

    public void EndAnswer() => Interlocked.Decrement(ref _answering);

    private OriginToken CreateRest()
    {
        lock (Source.Lock)
        {
            if (TryGetRest(out var rest))
            {
                return rest;
            }

            rest = new OriginToken(Source, Window);
            if (_rest is { } known)
            {
                known.SetTarget(rest);
            }
            else
            {
                Volatile.Write(ref _rest, new WeakReference<OriginToken>(rest));
            }

            return rest;
        }
    }
}
