namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>
/// Adds a random delay to a retry time, so that clients refused together do not retry together. The same seed gives
/// the same sequence (SplitMix64: Steele, Lea and Flood, OOPSLA 2014). Thread-safe.
/// </summary>
internal sealed class RetryJitter(ulong seed)
{
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;

    private ulong _state = seed;

    /// <summary><paramref name="earliest"/> plus a random delay below <paramref name="maxDelay"/>.</summary>
    public TimeSpan After(TimeSpan earliest, TimeSpan maxDelay) => maxDelay == default ? earliest : earliest + (maxDelay * Next());

    // From 0 (inclusive) to 1 (exclusive).
    private double Next()
    {
        var number = Interlocked.Add(ref _state, Step);
        number = (number ^ (number >> 30)) * 0xBF58_476D_1CE4_E5B9;
        number = (number ^ (number >> 27)) * 0x94D0_49BB_1331_11EB;
        return ((number ^ (number >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
