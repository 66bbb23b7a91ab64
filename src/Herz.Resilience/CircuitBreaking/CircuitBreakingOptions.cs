
namespace Herz.Resilience.CircuitBreaking;

/// <summary>
/// The circuit breaker of each endpoint: the section <c>Herz:CircuitBreaking</c>. A number that is set is enforced as it is set; where
/// none is set, a circuit opens only on evidence: most requests fail for seconds, or the failure ratio stays above 5 % for a minute
/// and with confidence above what is usual for the endpoint.
/// </summary>
public sealed class CircuitBreakingOptions : EnforcementOptions
{
    /// <summary>
    /// The share of failed requests from which the circuit opens; above 0 and at most 1. Once set, it is the only rule: the circuit opens when at least
    /// this share of the requests within the sampling duration failed and there were at least as many as the minimum throughput.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the circuit opens on evidence, with 0.05 as the ratio that must be exceeded throughout the sampling duration.</value>
    public double? FailureRatio { get; set; }

    /// <summary>The time over which requests are counted; 500 ms to 1 day.</summary>
    /// <value>The default is <see langword="null"/>: one minute.</value>
    public TimeSpan? SamplingDuration { get; set; }

    /// <summary>
    /// The number of requests within the sampling duration below which the circuit stays closed; at least 2. Set without a failure ratio,
    /// the circuit also opens when half of at least this many requests failed.
    /// </summary>
    /// <value>The default is <see langword="null"/>: 20 where a failure ratio or a sampling duration is set, else as many as the evidence takes, at least 15 failures.</value>
    public int? MinimumThroughput { get; set; }

    /// <summary>How long an open circuit refuses before it lets one request through; 500 ms to 1 day.</summary>
    /// <value>
    /// The default is <see langword="null"/>: 5 seconds where a failure ratio is set; else 1 second, doubled each time the circuit opens again up to
    /// 5 seconds, and 1 second again after 5 minutes closed.
    /// </value>
    public TimeSpan? BreakDuration { get; set; }

    /// <summary>Routes with numbers of their own. A catch-all route that is not listed here is only observed.</summary>
    /// <value>The default is none.</value>
    public IList<RouteCircuitOptions> Routes { get; set; } = [];
}

/// <summary>The circuit breaker of one route; what it leaves out is as on every route. Listing a catch-all route enforces its circuit.</summary>
public sealed class RouteCircuitOptions
{
    /// <summary>The route's pattern as the app maps it, such as <c>/orders/{id}</c>. Required.</summary>
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
}
