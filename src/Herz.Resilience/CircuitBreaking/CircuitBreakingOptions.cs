using Herz.Resilience.Configuration;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>The circuit breaker of each endpoint: the section <c>Herz:CircuitBreaking</c>.</summary>
public sealed class CircuitBreakingOptions : FeatureOptions
{
    /// <summary>The share of failures from which the circuit opens, above 0 and at most 1.</summary>
    /// <value>The default is 0.05.</value>
    public double FailureRatio { get; set; } = 0.05;

    /// <summary>The time over which failures are counted.</summary>
    /// <value>The default is one minute.</value>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The number of calls within the sampling duration below which the circuit stays closed.</summary>
    /// <value>The default is 20.</value>
    public int MinimumThroughput { get; set; } = 20;

    /// <summary>How long the circuit stays open before it lets one call through.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);
}
