namespace Herz.Resilience.Outbound.Retries;

/// <summary>
/// A seeded source of random numbers for any number of threads, without a lock: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
/// </summary>
/// <param name="seed">Differs between replicas, or their retries come at the same time.</param>
internal sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 up to, but not including, 1.</summary>
    public double NextDouble()
    {
        var value = Interlocked.Add(ref _state, 0x9E3779B97F4A7C15);
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return ((value ^ (value >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
