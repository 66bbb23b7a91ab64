namespace Herz.Resilience.Tool.Recording;

/// <summary>One value of a histogram. A value type, because a long run stores 100,000 of them.</summary>
/// <param name="Microseconds">The latency.</param>
/// <param name="Count">Number of requests with this latency.</param>
internal readonly record struct LatencyCount(long Microseconds, long Count);
