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

/// <summary>The whole of the configuration section <c>Herz</c>.</summary>
public sealed class HerzOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = ConfigurationErrors.Section;

    /// <summary>How far every feature goes that does not say so itself.</summary>
    /// <value>The default is <see cref="EnforcementMode.Enforce"/>.</value>
    public EnforcementMode Mode { get; set; } = EnforcementMode.Enforce;

    /// <summary>Token-bucket limits per client, user, key, route or for all.</summary>
    public RateLimitingOptions RateLimiting { get; set; } = new();

    /// <summary>What is refused first when not all can be served.</summary>
    public LoadSheddingOptions LoadShedding { get; set; } = new();

    /// <summary>The shrinking deadline of a request and its tiers.</summary>
    public DeadlinesOptions Deadlines { get; set; } = new();

    /// <summary>The circuit breaker of each endpoint.</summary>
    public CircuitBreakingOptions CircuitBreaking { get; set; } = new();

    /// <summary>What outgoing HTTP calls take from the request they are made for.</summary>
    public OutboundOptions Outbound { get; set; } = new();

    /// <summary>The probe that the kubelet asks.</summary>
    public HealthOptions Health { get; set; } = new();

    /// <summary>The bounds of background work.</summary>
    public BackgroundWorkOptions BackgroundWork { get; set; } = new();

    /// <summary>The watchdog that finds work that never ends.</summary>
    public LeakWatchdogOptions LeakWatchdog { get; set; } = new();

    /// <summary>The endpoint that Prometheus scrapes.</summary>
    public MetricsOptions Metrics { get; set; } = new();

    /// <summary>Where the pages for operators are answered, and to whom.</summary>
    public ManagementOptions Management { get; set; } = new();

    /// <summary>Mistakes found while the section was read, reported together with those of the validators.</summary>
    internal ConfigurationErrors ReadErrors { get; } = new();
}
