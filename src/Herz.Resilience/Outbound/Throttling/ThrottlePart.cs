namespace Herz.Resilience.Outbound.Throttling;

/// <summary>
/// The throttles of one dependency by kind of call: if one of its routes rejects calls, calls of other kinds still pass. Kinds share 16 throttles.
/// </summary>
/// <param name="frequency">Clock ticks per second.</param>
internal sealed class ThrottlePart(long frequency)
{
    private const int Count = 16;

    private readonly AdaptiveThrottle?[] _throttles = new AdaptiveThrottle?[Count];

    /// <summary>The throttle of a kind; null before its first rejection.</summary>
    public AdaptiveThrottle? Find(int kind) => Volatile.Read(ref _throttles[(uint)kind % Count]);

    /// <summary>The throttle of a kind.</summary>
    public AdaptiveThrottle Create(int kind)
    {
        ref var throttle = ref _throttles[(uint)kind % Count];
        return Volatile.Read(ref throttle) ?? Interlocked.CompareExchange(ref throttle, new AdaptiveThrottle(frequency), null) ?? throttle!;
    }

    /// <summary>The largest share that is refused.</summary>
    public double Share(long now, double ratio)
    {
        var share = 0.0;
        foreach (var throttle in _throttles)
        {
            share = Math.Max(share, throttle?.RefusedShare(now, ratio) ?? 0);
        }

        return share;
    }
}
