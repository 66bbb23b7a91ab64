namespace Herz.Resilience.Health;

/// <summary>The health probe of the kubelet: the section <c>Herz:Health</c>.</summary>
public sealed class HealthOptions
{
    /// <summary>Path of the probe; <c>?probe=live</c>, <c>ready</c> or <c>startup</c> selects one.</summary>
    /// <value>The default is <c>/healthz</c>.</value>
    public string Path { get; set; } = "/healthz";

    /// <summary>Whether <c>/livez</c>, <c>/readyz</c> and <c>/startupz</c> answer too. A page of the app at one of these paths stays.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Aliases { get; set; } = true;

    /// <summary>
    /// Port on which the probes are also answered by a thread that needs neither the thread pool nor the web server, so that a busy app is not
    /// taken for a dead one; 0 for any free port. Read at start.
    /// </summary>
    /// <value>The default is <see langword="null"/>: no such port.</value>
    public int? Port { get; set; }

    /// <summary>Time between two runs of a check, in the background; 100 ms to 1 hour. A tenth of random time is added or taken. Until a check has passed, it runs every second.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time after which a run of a check counts as failed. The probe never waits for a check.</summary>
    /// <value>The default is 3 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Consecutive failures after which a check that has passed counts as failed; 1 to 100.</summary>
    /// <value>The default is 2.</value>
    public int FailureThreshold { get; set; } = 2;

    /// <summary>Consecutive successes after which a check that has failed counts as passed; 1 to 100. The first success of all counts at once.</summary>
    /// <value>The default is 2.</value>
    public int SuccessThreshold { get; set; } = 2;

    /// <summary>Time without a single completed work item of the thread pool after which <c>live</c> fails, so that a deadlock is restarted; at least 10 seconds.</summary>
    /// <value>The default is 1 minute.</value>
    public TimeSpan StallLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Time that a stopping app, no longer ready, still serves requests before the server stops, so that load balancers react in time.
    /// The host's shutdown timeout (30 seconds) also applies.
    /// </summary>
    /// <value>The default is <see langword="null"/>: 5 seconds in Kubernetes (where <c>KUBERNETES_SERVICE_HOST</c> is set), otherwise zero.</value>
    public TimeSpan? DrainDelay { get; set; }

    /// <summary>The settings of single checks, by their name.</summary>
    /// <value>The default is none.</value>
    public IDictionary<string, HealthCheckEntryOptions> Checks { get; set; } = new Dictionary<string, HealthCheckEntryOptions>(StringComparer.OrdinalIgnoreCase);
}
