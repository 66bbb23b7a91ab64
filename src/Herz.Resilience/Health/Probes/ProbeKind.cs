namespace Herz.Resilience.Health.Probes;

/// <summary>The probes of the kubelet.</summary>
internal enum ProbeKind
{
    /// <summary>Can the app receive requests?</summary>
    Ready,

    /// <summary>Can the app keep running, without a restart?</summary>
    Live,

    /// <summary>Has the app started?</summary>
    Startup,
}

/// <summary>The state of a probe, from best to worst.</summary>
internal enum ProbeStatus
{
    Healthy,
    Degraded,
    Unhealthy,
}

/// <summary>The state of a check, from best to worst.</summary>
internal enum CheckStatus
{
    Healthy,
    Degraded,
    Unhealthy,

    /// <summary>It has not run yet.</summary>
    Pending,
}
