namespace Herz.Resilience.Tests.CircuitBreaking.Simulation;

/// <summary>A seeded generator that is fast enough for millions of requests (Marsaglia, <i>Xorshift RNGs</i>, 2003).</summary>
internal sealed class Xorshift(int seed)
{
    private ulong _state = ((ulong)(uint)seed * 0x9E3779B97F4A7C15) | 1;

    public ulong NextBits()
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return _state;
    }

    /// <summary>From 0 to below 1.</summary>
    public double Next() => (NextBits() >> 11) * (1.0 / (1UL << 53));
}
