namespace Herz.Resilience.RateLimiting;

/// <summary>The turn of a request that waits for its permits, in one policy or in several.</summary>
internal sealed class LimitTurn
{
    private readonly LimitBuckets _buckets;
    private readonly ulong _key;
    private readonly int _cost;
    private readonly long _state;
    private readonly LimitTurn? _other;

    /// <param name="buckets">Where the permits are reserved.</param>
    /// <param name="key">The partition.</param>
    /// <param name="cost">How many they are.</param>
    /// <param name="state">What the reservation left behind.</param>
    /// <param name="wait">When they are there.</param>
    /// <param name="other">The turn in another policy.</param>
    public LimitTurn(LimitBuckets buckets, ulong key, int cost, long state, TimeSpan wait, LimitTurn? other)
    {
        _buckets = buckets;
        _key = key;
        _cost = cost;
        _state = state;
        _other = other;
        Wait = other is not null && other.Wait > wait ? other.Wait : wait;
    }

    /// <summary>Until all of them have come.</summary>
    public TimeSpan Wait { get; }

    /// <summary>Gives the turn to whoever comes next, where nobody stands behind it; else it is lost.</summary>
    public void GiveUp()
    {
        _buckets.Refund(_key, _cost, _state);
        _other?.GiveUp();
    }
}
