namespace Herz.Resilience.Health;

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
