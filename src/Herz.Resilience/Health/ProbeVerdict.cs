using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.Health;

/// <summary>The pure core: what a probe answers, from the phase of the app and the results of its checks.</summary>
internal static class ProbeVerdict
{
    public const string LiveTag = "live";
    public const string StartupTag = "startup";

    /// <summary>
    /// Which checks a probe asks. Liveness depends on none but those made for it: a restart mends no database.
    /// </summary>
    public static bool Asks(ProbeKind kind, IEnumerable<string> tags) => kind switch
    {
        ProbeKind.Live => tags.Contains(LiveTag),
        ProbeKind.Startup => tags.Contains(StartupTag),
        _ => !tags.Contains(LiveTag),
    };

    /// <summary>Why a probe fails whatever the checks say; null where they decide.</summary>
    public static string? Reason(ProbeKind kind, LifecyclePhase phase) => (kind, phase) switch
    {
        (ProbeKind.Ready or ProbeKind.Startup, LifecyclePhase.Starting) => "starting",
        (ProbeKind.Ready, LifecyclePhase.Stopping) => "stopping",
        _ => null,
    };

    /// <summary>A degraded app still serves: taking it out would only move its load to the others.</summary>
    public static bool Passes(HealthStatus status) => status != HealthStatus.Unhealthy;
}
