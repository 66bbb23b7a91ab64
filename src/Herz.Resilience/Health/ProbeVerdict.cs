using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.Health;

/// <summary>The pure core: the answer to a probe, from the phase of the app and the results of its checks.</summary>
internal static class ProbeVerdict
{
    public const string LiveTag = "live";
    public const string StartupTag = "startup";

    /// <summary>
    /// Whether a probe runs a check with these tags. Liveness depends only on checks tagged for it: a restart does not repair a database.
    /// </summary>
    public static bool Includes(ProbeKind kind, IEnumerable<string> tags) => kind switch
    {
        ProbeKind.Live => tags.Contains(LiveTag),
        ProbeKind.Startup => tags.Contains(StartupTag),
        _ => !tags.Contains(LiveTag),
    };

    /// <summary>Why a probe fails regardless of the checks; null if the checks decide.</summary>
    public static string? Reason(ProbeKind kind, LifecyclePhase phase) => (kind, phase) switch
    {
        (ProbeKind.Ready or ProbeKind.Startup, LifecyclePhase.Starting) => "starting",
        (ProbeKind.Ready, LifecyclePhase.Stopping) => "stopping",
        _ => null,
    };

    /// <summary>A degraded app passes, because it still serves: removing it only moves its load to the others.</summary>
    public static bool Passes(HealthStatus status) => status != HealthStatus.Unhealthy;
}
