namespace Herz.Resilience.Health.Probes;

/// <summary>The pure core: the answer to a probe, from the phase of the app and the state of its checks.</summary>
internal static class ProbeVerdict
{
    public const string Ready = "ready";
    public const string Live = "live";
    public const string Startup = "startup";

    /// <summary>
    /// Whether a probe includes a check with these tags. Liveness depends only on checks tagged for it: a restart does not repair a
    /// database. A check without any of the three tags is for <c>ready</c>.
    /// </summary>
    public static bool Includes(ProbeKind kind, IEnumerable<string> tags) => kind switch
    {
        ProbeKind.Live => tags.Contains(Live),
        ProbeKind.Startup => tags.Contains(Startup),
        _ => tags.Contains(Ready) || !IsTagged(tags),
    };

    /// <summary>
    /// What a failing check means. An untagged check says nothing about itself: until it has passed, the app may not be set up, and
    /// from then on it is more likely that something shared is away than that this replica is broken.
    /// </summary>
    public static HealthImpact ImpactOf(IEnumerable<string> tags, HealthImpact? configured, bool hasPassed) =>
        configured ?? (IsTagged(tags) || !hasPassed ? HealthImpact.Unready : HealthImpact.Degraded);

    /// <summary>Why a probe fails regardless of the checks; null if the checks decide.</summary>
    public static string? Reason(ProbeKind kind, LifecyclePhase phase, bool isStalled) => (kind, phase) switch
    {
        (ProbeKind.Live, _) when isStalled => "stalled",
        (ProbeKind.Live, _) => null,
        (_, LifecyclePhase.Faulted) => "faulted",
        (_, LifecyclePhase.Initializing) => "starting",
        (ProbeKind.Ready, LifecyclePhase.Draining or LifecyclePhase.Stopped) => "stopping",
        _ => null,
    };

    /// <summary>The state of the probe from the states of its checks.</summary>
    public static ProbeStatus Of(IEnumerable<(CheckStatus Status, HealthImpact Impact)> checks)
    {
        var status = ProbeStatus.Healthy;
        foreach (var check in checks)
        {
            var of = check switch
            {
                { Impact: HealthImpact.Ignore } or { Status: CheckStatus.Healthy } => ProbeStatus.Healthy,
                { Impact: HealthImpact.Degraded } or { Status: CheckStatus.Degraded } => ProbeStatus.Degraded,
                _ => ProbeStatus.Unhealthy,
            };
            status = of > status ? of : status;
        }

        return status;
    }

    private static bool IsTagged(IEnumerable<string> tags) => tags.Any(static tag => tag is Ready or Live or Startup);
}
