namespace Herz.Resilience.Health;

/// <summary>What a failing health check means for the probes that include it.</summary>
public enum HealthImpact
{
    /// <summary>The probe fails: the app gets no more traffic (<c>ready</c>), or is restarted (<c>live</c>, <c>startup</c>).</summary>
    Unready,

    /// <summary>The probe passes as degraded. For what all replicas share: if it is away, taking all of them out of service helps nobody.</summary>
    Degraded,

    /// <summary>The probe shows the check and passes.</summary>
    Ignore,
}
