namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>What somebody configured of one circuit; null is what nobody did.</summary>
internal sealed record CircuitRules(double? FailureRatio = null, TimeSpan? SamplingDuration = null, int? MinimumThroughput = null, TimeSpan? BreakDuration = null)
{
    /// <summary>The ratio that must be exceeded throughout the sampling duration where none is configured.</summary>
    public const double UnconfiguredRatio = 0.05;

    private const double HardDownRatio = 0.5;
    private const int UnconfiguredThroughput = 20;
    private static readonly TimeSpan s_sampling = TimeSpan.FromMinutes(1);

    /// <summary>Whether any number that decides when to open is configured.</summary>
    public bool HasWindow => FailureRatio is not null || SamplingDuration is not null || MinimumThroughput is not null;

    /// <summary>Whether a failure ratio is configured, so that nothing but its window decides.</summary>
    public bool IsWindowAlone => FailureRatio is not null;

    /// <summary>The ratio of the configured window. Where only its size is configured, half of the requests must fail.</summary>
    public double WindowRatio => FailureRatio ?? HardDownRatio;

    public TimeSpan Sampling => SamplingDuration ?? s_sampling;

    public int Throughput => MinimumThroughput ?? UnconfiguredThroughput;

    /// <summary>How many probes in a row must fail until the circuit opens again. One random error must not prolong a break that evidence began.</summary>
    public int FailedProbes => IsWindowAlone ? 1 : 2;

    public static CircuitRules Of(CircuitBreakingOptions options) =>
        new(options.FailureRatio, options.SamplingDuration, options.MinimumThroughput, options.BreakDuration);

    public static CircuitRules Of(CircuitBreakingOptions options, RouteCircuitOptions route) => new(
        route.FailureRatio ?? options.FailureRatio,
        route.SamplingDuration ?? options.SamplingDuration,
        route.MinimumThroughput ?? options.MinimumThroughput,
        route.BreakDuration ?? options.BreakDuration);
}
