namespace Herz.Resilience.Tool.Recording;

/// <summary>One value of a histogram. A value type: a long run keeps a hundred thousand of them.</summary>
/// <param name="Microseconds">The latency.</param>
/// <param name="Count">How many requests had it.</param>
internal readonly record struct LatencyCount(long Microseconds, long Count);
