
namespace Herz.Resilience.CircuitBreaking;

/// <summary>
/// The circuit breaker of each endpoint: the section <c>Herz:CircuitBreaking</c>. A configured value is enforced exactly. If none is
/// configured, a circuit opens only on evidence: most requests fail for seconds, or the failure ratio stays above 5 % for a minute
/// and is, with confidence, above the usual ratio of the endpoint.
/// </summary>
public sealed class CircuitBreakingOptions : EnforcementOptions
{
    /// <summary>
    /// Share of failed requests at which the circuit opens; above 0 and at most 1. If set, it is the only rule: the circuit opens when at least
    /// this share of the requests within the sampling duration failed and their number reached the minimum throughput.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the circuit opens on evidence; the ratio must exceed 0.05 during the whole sampling duration.</value>
    public double? FailureRatio { get; set; }

    /// <summary>Time over which requests are counted; 500 ms to 1 day.</summary>
    /// <value>The default is <see langword="null"/>: one minute.</value>
    public TimeSpan? SamplingDuration { get; set; }

    /// <summary>
    /// Minimum number of requests within the sampling duration for the circuit to open; at least 2. If it is set without a failure ratio,
    /// the circuit also opens when half of at least this many requests failed.
    /// </summary>
    /// <value>The default is <see langword="null"/>: 20 if a failure ratio or a sampling duration is set; otherwise as many as the evidence needs, at least 15 failures.</value>
    public int? MinimumThroughput { get; set; }

    /// <summary>Time that an open circuit refuses requests before it lets one through; 500 ms to 1 day.</summary>
    /// <value>
    /// The default is <see langword="null"/>: 5 seconds if a failure ratio is set; otherwise 1 second, doubled each time the circuit opens again up to
    /// 5 seconds, and 1 second again after 5 minutes closed.
    /// </value>
    public TimeSpan? BreakDuration { get; set; }

    /// <summary>Longest break; at least <see cref="BreakDuration"/> and at most 1 day. If set, a break doubles each time the circuit opens again, up to this.</summary>
    /// <value>The default is <see langword="null"/>: the break duration if it is set; otherwise 5 seconds.</value>
    public TimeSpan? MaxBreakDuration { get; set; }

    /// <summary>Time from which a request is slow, without the time that its client needs; above 0 and at most 1 day. If set, the circuit also opens for slow requests.</summary>
    /// <value>The default is <see langword="null"/>: slow requests are not counted.</value>
    public TimeSpan? SlowCallDuration { get; set; }

    /// <summary>Share of slow requests at which the circuit opens, if their number reached the minimum throughput within the sampling duration; above 0 and at most 1.</summary>
    /// <value>The default is <see langword="null"/>: 0.5 if <see cref="SlowCallDuration"/> is set.</value>
    public double? SlowCallRatio { get; set; }

    /// <summary>Called with every state change of every circuit, after the registered <see cref="ICircuitObserver"/>s and under the same rules. Set in code.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public Action<CircuitChange>? OnChange { get; set; }

    /// <summary>Routes with their own options. A catch-all route that is not listed here is only observed.</summary>
    /// <value>The default is none.</value>
    public IList<RouteCircuitOptions> Routes { get; set; } = [];
}

/// <summary>The circuit breaker of one route; a missing value is inherited from all routes. Listing a catch-all route enforces its circuit.</summary>
public sealed class RouteCircuitOptions
{
    /// <summary>Pattern of the route as the app maps it, such as <c>/orders/{id}</c>. Required.</summary>
    public string? Pattern { get; set; }

    /// <summary>Replaces <see cref="CircuitBreakingOptions.FailureRatio"/> on this route.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public double? FailureRatio { get; set; }

    /// <summary>Replaces <see cref="CircuitBreakingOptions.SamplingDuration"/> on this route.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public TimeSpan? SamplingDuration { get; set; }

    /// <summary>Replaces <see cref="CircuitBreakingOptions.MinimumThroughput"/> on this route.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public int? MinimumThroughput { get; set; }

    /// <summary>Replaces <see cref="CircuitBreakingOptions.BreakDuration"/> on this route.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public TimeSpan? BreakDuration { get; set; }

    /// <summary>Replaces <see cref="CircuitBreakingOptions.MaxBreakDuration"/> on this route.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public TimeSpan? MaxBreakDuration { get; set; }

    /// <summary>Replaces <see cref="CircuitBreakingOptions.SlowCallDuration"/> on this route.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public TimeSpan? SlowCallDuration { get; set; }

    /// <summary>Replaces <see cref="CircuitBreakingOptions.SlowCallRatio"/> on this route.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public double? SlowCallRatio { get; set; }
}
