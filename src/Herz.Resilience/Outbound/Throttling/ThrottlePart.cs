using System.Collections.Concurrent;

namespace Herz.Resilience.Outbound.Throttling;

/// <summary>
/// The throttles of one dependency by kind of call: if one of its routes rejects calls, calls of other kinds still pass. Bounded: kinds
/// beyond the limit share one throttle.
/// </summary>
/// <param name="frequency">Clock ticks per second.</param>
internal sealed class ThrottlePart(long frequency)
{
    private const int MaxKinds = 64;
    private const int Shared = 0;

    private readonly ConcurrentDictionary<int, AdaptiveThrottle> _throttles = new(concurrencyLevel: 1, capacity: 3);
    private volatile bool _isFull;

    /// <summary>The throttle of a kind; null before its first rejection.</summary>
    public AdaptiveThrottle? Find(int kind) =>
        _throttles.TryGetValue(kind, out var known) ? known : _isFull ? _throttles.GetValueOrDefault(Shared) : null;

    /// <summary>The throttle of a kind for one account; null before its first rejection. Such throttles are never shared.</summary>
    public AdaptiveThrottle? FindAccount(int kind, int account) => _throttles.GetValueOrDefault(HashCode.Combine(kind, account));

    /// <summary>The throttle of a kind for one account; null beyond the limit.</summary>
    public AdaptiveThrottle? CreateAccount(int kind, int account) =>
        FindAccount(kind, account)
        ?? (_throttles.Count < MaxKinds ? _throttles.GetOrAdd(HashCode.Combine(kind, account), static (_, frequency) => new AdaptiveThrottle(frequency), frequency) : null);

    /// <summary>The throttle of a kind.</summary>
    public AdaptiveThrottle Create(int kind)
    {
        if (Find(kind) is { } known)
        {
            return known;
        }

        _isFull = _throttles.Count >= MaxKinds;
        return _throttles.GetOrAdd(_isFull ? Shared : kind, static (_, frequency) => new AdaptiveThrottle(frequency), frequency);
    }

    /// <summary>The largest share that is refused.</summary>
    public double Share(long now, double ratio)
    {
        var share = 0.0;
        foreach (var (_, throttle) in _throttles)
        {
            share = Math.Max(share, throttle.RefusedShare(now, ratio));
        }

        return share;
    }
}
