using Herz.Resilience.Configuration;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>The circuit breaker of each endpoint: the section <c>Herz:CircuitBreaking</c>.</summary>
public sealed class CircuitBreakingOptions : FeatureOptions
{
    /// <summary>The share of failed requests from which the circuit opens; above 0 and at most 1.</summary>
    /// <value>The default is 0.05.</value>
    public double FailureRatio { get; set; } = 0.05;

    /// <summary>The time over which requests are counted; 500 ms to 1 day.</summary>
    /// <value>The default is one minute.</value>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The number of requests within the sampling duration below which the circuit stays closed; at least 2.</summary>
    /// <value>The default is 20.</value>
    public int MinimumThroughput { get; set; } = 20;

    /// <summary>How long an open circuit refuses before it lets one request through; 500 ms to 1 day.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Routes with numbers of their own.</summary>
    /// <value>The default is none.</value>
    public IList<RouteCircuit> Routes { get; set; } = [];
}

/// <summary>The circuit breaker of one route; what it leaves out is as on every route.</summary>
public sealed class RouteCircuit
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
