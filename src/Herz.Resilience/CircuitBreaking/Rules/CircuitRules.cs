namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>The configured values of one circuit; null for a value that is not configured.</summary>
internal sealed record CircuitRules(double? FailureRatio = null, TimeSpan? SamplingDuration = null, int? MinimumThroughput = null, TimeSpan? BreakDuration = null)
{
    /// <summary>The ratio that must be exceeded during the whole sampling duration if none is configured.</summary>
    public const double UnconfiguredRatio = 0.05;

    private const double HardDownRatio = 0.5;
    private const int UnconfiguredThroughput = 20;
    private static readonly TimeSpan s_sampling = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_shortestBreak = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestBreak = TimeSpan.FromSeconds(5);

    /// <summary>The maximum of a break that grows. Without it, a configured break does not grow.</summary>
    public TimeSpan? MaxBreakDuration { get; init; }

    /// <summary>The time from which a call is slow; null if slow calls are not counted.</summary>
    public TimeSpan? SlowCallDuration { get; init; }

    /// <summary>The share of slow calls at which the circuit opens.</summary>
    public double SlowCallRatio { get; init; } = HardDownRatio;

    /// <summary>The first break.</summary>
    public TimeSpan ShortestBreak => BreakDuration ?? (MaxBreakDuration is null && IsWindowAlone || s_shortestBreak > LongestBreak ? LongestBreak : s_shortestBreak);

    /// <summary>The longest break.</summary>
    public TimeSpan LongestBreak => MaxBreakDuration ?? BreakDuration ?? s_longestBreak;

    /// <summary>Whether successes must be counted before the first failure.</summary>
    public bool CountsSuccesses => HasWindow || SlowCallDuration is not null;

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

    public static CircuitRules Of(CircuitBreakingOptions options) => Of(options, new RouteCircuitOptions());

    public static CircuitRules Of(CircuitBreakingOptions options, RouteCircuitOptions route) => new(
        route.FailureRatio ?? options.FailureRatio,
        route.SamplingDuration ?? options.SamplingDuration,
        route.MinimumThroughput ?? options.MinimumThroughput,
        route.BreakDuration ?? options.BreakDuration)
    {
        // A route's longer break is its own maximum, unless the route has one.
        MaxBreakDuration = route.MaxBreakDuration ?? (route.BreakDuration >= options.MaxBreakDuration ? null : options.MaxBreakDuration),
        SlowCallDuration = route.SlowCallDuration ?? options.SlowCallDuration,
        SlowCallRatio = route.SlowCallRatio ?? options.SlowCallRatio ?? HardDownRatio,
    };
}
