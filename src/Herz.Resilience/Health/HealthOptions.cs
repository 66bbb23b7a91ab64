namespace Herz.Resilience.Health;

/// <summary>The probe that the kubelet asks: the section <c>Herz:Health</c>.</summary>
public sealed class HealthOptions
{
    /// <summary>The path of the probe; <c>?probe=live</c>, <c>ready</c> or <c>startup</c> chooses one.</summary>
    /// <value>The default is <c>/healthz</c>.</value>
    public string Path { get; set; } = "/healthz";

    /// <summary>How long the result of the app's checks is answered again, so that a flood of probes does not reach a database; zero for never.</summary>
    /// <value>The default is 1 second.</value>
    public TimeSpan CacheDuration { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the app's checks may take together; one that takes longer makes the probe unhealthy, and does not hang it.</summary>
    /// <value>The default is 800 ms, below the kubelet's default of 1 second.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>
    /// How long a stopping app serves on, not ready, before the server stops, so that load balancers notice in time.
    /// The host's shutdown timeout (30 seconds) bounds it too.
    /// </summary>
    /// <value>The default is zero.</value>
    public TimeSpan DrainDelay { get; set; } = TimeSpan.Zero;
}
