namespace Herz.Resilience.Health;

/// <summary>The questions of the kubelet.</summary>
internal enum ProbeKind
{
    /// <summary>May it be sent requests?</summary>
    Ready,

    /// <summary>Must it be restarted?</summary>
    Live,

    /// <summary>Has it begun?</summary>
    Startup,
}
