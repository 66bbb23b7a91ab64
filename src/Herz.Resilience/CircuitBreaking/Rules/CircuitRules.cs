namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>The configured values of one circuit; null for a value that is not configured.</summary>
internal sealed record CircuitRules(double? FailureRatio = null, TimeSpan? SamplingDuration = null, int? MinimumThroughput = null, TimeSpan? BreakDuration = null)
{
    /// <summary>The ratio that must be exceeded during the whole sampling duration if none is configured.</summary>
    public const double UnconfiguredRatio = 0.05;

    private const double HardDownRatio = 0.5;
    private const int UnconfiguredThroughput = 20;
    private static readonly TimeSpan s_sampling = TimeSpan.FromMinutes(1);

    /// <summary>Whether any value that decides when to open is configured.</summary>
    public bool HasWindow => FailureRatio is not null || SamplingDuration is not null || MinimumThroughput is not null;

    /// <summary>Whether a failure ratio is configured, so that only its window decides.</summary>
    public bool IsWindowAlone => FailureRatio is not null;

    /// <summary>The ratio of the configured window. If only its size is configured, half of the requests must fail.</summary>
    public double WindowRatio => FailureRatio ?? HardDownRatio;

    public TimeSpan Sampling => SamplingDuration ?? s_sampling;

    public int Throughput => MinimumThroughput ?? UnconfiguredThroughput;

    /// <summary>The number of consecutive probes that must fail before the circuit opens again. One random error must not prolong a break that started on evidence.</summary>
    public int FailedProbes => IsWindowAlone ? 1 : 2;

    public static CircuitRules Of(CircuitBreakingOptions options) =>
        new(options.FailureRatio, options.SamplingDuration, options.MinimumThroughput, options.BreakDuration);

    public static CircuitRules Of(CircuitBreakingOptions options, RouteCircuitOptions route) => new(
        route.FailureRatio ?? options.FailureRatio,
        route.SamplingDuration ?? options.SamplingDuration,
        route.MinimumThroughput ?? options.MinimumThroughput,
        route.BreakDuration ?? options.BreakDuration);
}
