namespace Herz.Resilience.Health;

/// <summary>The health probe of the kubelet: the section <c>Herz:Health</c>.</summary>
public sealed class HealthOptions
{
    /// <summary>Path of the probe; <c>?probe=live</c>, <c>ready</c> or <c>startup</c> selects one.</summary>
    /// <value>The default is <c>/healthz</c>.</value>
    public string Path { get; set; } = "/healthz";

    /// <summary>Time that the results of the app's checks are cached, so that a flood of probes does not reach a database; zero for no cache.</summary>
    /// <value>The default is 1 second.</value>
    public TimeSpan CacheDuration { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Timeout of each of the app's checks. A slower check is reported as failed by name and does not block the probe.</summary>
    /// <value>The default is 800 ms, below the kubelet's default of 1 second.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>
    /// Time that a stopping app, no longer ready, still serves requests before the server stops, so that load balancers react in time.
    /// The host's shutdown timeout (30 seconds) also applies.
    /// </summary>
    /// <value>The default is zero.</value>
    public TimeSpan DrainDelay { get; set; } = TimeSpan.Zero;
}
