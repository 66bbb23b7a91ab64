namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>
/// Adds to a time to retry, so that the clients that were refused together do not come back together. The same seed gives
/// the same sequence (SplitMix64: Steele, Lea and Flood, OOPSLA 2014); any thread may ask.
/// </summary>
internal sealed class RetryJitter(ulong seed)
{
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;

    private ulong _state = seed;

    /// <summary>A time from <paramref name="least"/> on, by less than <paramref name="most"/> later.</summary>
    public TimeSpan After(TimeSpan least, TimeSpan most) => most == default ? least : least + (most * Next());

    // From 0 to below 1.
    private double Next()
    {
        var number = Interlocked.Add(ref _state, Step);
        number = (number ^ (number >> 30)) * 0xBF58_476D_1CE4_E5B9;
        number = (number ^ (number >> 27)) * 0x94D0_49BB_1331_11EB;
        return ((number ^ (number >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
