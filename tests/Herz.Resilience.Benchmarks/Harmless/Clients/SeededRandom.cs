namespace Herz.Resilience.Benchmarks.Harmless.Clients;

/// <summary>Random numbers that depend only on a seed and a request number, so both apps get the same load.</summary>
internal static class SeededRandom
{
    /// <summary>A number from 0 to 1 for the request <paramref name="index"/>.</summary>
    public static double Of(int seed, int index)
    {
        // SplitMix64, http://xoshiro.di.unimi.it/splitmix64.c
        var value = ((ulong)(uint)seed << 32) + (ulong)(uint)index + 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        value ^= value >> 31;
        return (value >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>An integer from <paramref name="min"/> to less than <paramref name="end"/>.</summary>
    public static int Between(int seed, int index, int min, int end) => min + (int)(Of(seed, index) * (end - min));
}
