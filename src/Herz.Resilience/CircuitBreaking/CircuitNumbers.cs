namespace Herz.Resilience.CircuitBreaking;

/// <summary>The numbers of one circuit.</summary>
internal sealed record CircuitNumbers(double FailureRatio, TimeSpan SamplingDuration, int MinimumThroughput, TimeSpan BreakDuration)
{
    public static CircuitNumbers Of(CircuitBreakingOptions options) =>
        new(options.FailureRatio, options.SamplingDuration, options.MinimumThroughput, options.BreakDuration);

    public static CircuitNumbers Of(CircuitBreakingOptions options, RouteCircuit route) => new(
        route.FailureRatio ?? options.FailureRatio,
        route.SamplingDuration ?? options.SamplingDuration,
        route.MinimumThroughput ?? options.MinimumThroughput,
        route.BreakDuration ?? options.BreakDuration);
}
