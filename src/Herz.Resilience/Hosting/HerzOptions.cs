using Herz.Resilience.BackgroundWork;
using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.Configuration;
using Herz.Resilience.Deadlines;
using Herz.Resilience.Health;
using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LoadShedding;
using Herz.Resilience.Management;
using Herz.Resilience.Metrics;
using Herz.Resilience.Outbound;
using Herz.Resilience.RateLimiting;

namespace Herz.Resilience;

/// <summary>The whole configuration section <c>Herz</c>.</summary>
public sealed class HerzOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = ConfigurationErrors.Section;

    /// <summary>Mode of every feature that does not set its own.</summary>
    /// <value>The default is <see cref="EnforcementMode.Enforce"/>.</value>
    public EnforcementMode Mode { get; set; } = EnforcementMode.Enforce;

    /// <summary>Token-bucket limits per client, user, API key or route, or for all requests.</summary>
    public RateLimitingOptions RateLimiting { get; set; } = new();

    /// <summary>The order in which requests are refused under overload.</summary>
    public LoadSheddingOptions LoadShedding { get; set; } = new();

    /// <summary>The shrinking deadline of a request and its tiers.</summary>
    public DeadlinesOptions Deadlines { get; set; } = new();

    /// <summary>The circuit breaker of each endpoint.</summary>
    public CircuitBreakingOptions CircuitBreaking { get; set; } = new();

    /// <summary>How outgoing HTTP calls relate to the deadline of their request.</summary>
    public OutboundOptions Outbound { get; set; } = new();

    /// <summary>The health probe of the kubelet.</summary>
    public HealthOptions Health { get; set; } = new();

    /// <summary>The limits of background work.</summary>
    public BackgroundWorkOptions BackgroundWork { get; set; } = new();

    /// <summary>The watchdog that finds work that never ends.</summary>
    public LeakWatchdogOptions LeakWatchdog { get; set; } = new();

    /// <summary>The endpoint that Prometheus scrapes.</summary>
    public MetricsOptions Metrics { get; set; } = new();

    /// <summary>Where the management pages are served, and to whom.</summary>
    public ManagementOptions Management { get; set; } = new();

    /// <summary>Mistakes found while the section was read. They are reported together with the validators' errors.</summary>
    internal ConfigurationErrors ReadErrors { get; } = new();
}
