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

    /// <summary>How long each of the app's checks may take; one that takes longer counts as failed, by its name, and does not hang the probe.</summary>
    /// <value>The default is 800 ms, below the kubelet's default of 1 second.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>
    /// How long a stopping app serves on, not ready, before the server stops, so that load balancers notice in time.
    /// The host's shutdown timeout (30 seconds) bounds it too.
    /// </summary>
    /// <value>The default is zero.</value>
    public TimeSpan DrainDelay { get; set; } = TimeSpan.Zero;
}
