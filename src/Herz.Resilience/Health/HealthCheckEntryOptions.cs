namespace Herz.Resilience.Health;

/// <summary>The settings of one health check of the app; a missing value is inherited from its registration, or from all checks.</summary>
public sealed class HealthCheckEntryOptions
{
    /// <summary>What a failure means.</summary>
    /// <value>
    /// The default is <see langword="null"/>: <c>Unready</c> for a check tagged <c>ready</c>, <c>live</c> or <c>startup</c>. A check without these tags is
    /// <c>Unready</c> until it has passed once, and <c>Degraded</c> from then on.
    /// </value>
    public HealthImpact? Impact { get; set; }

    /// <summary>Time between two runs; 100 ms to 1 hour.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public TimeSpan? Period { get; set; }

    /// <summary>Time after which a run counts as failed; above 0.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public TimeSpan? Timeout { get; set; }
}
