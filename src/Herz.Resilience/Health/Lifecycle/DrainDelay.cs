namespace Herz.Resilience.Health.Lifecycle;

/// <summary>The pure core: how long a stopping app serves on, and which of its connections it closes meanwhile.</summary>
internal static class DrainDelay
{
    private const double AlwaysFrom = 0.8;
    private static readonly TimeSpan s_inKubernetes = TimeSpan.FromSeconds(5);

    /// <summary>The configured delay, or the time that Kubernetes needs to withdraw the endpoint.</summary>
    public static TimeSpan Of(TimeSpan? configured, Func<string, string?> environment) =>
        configured ?? (string.IsNullOrEmpty(environment("KUBERNETES_SERVICE_HOST")) ? TimeSpan.Zero : s_inKubernetes);

    /// <summary>
    /// Whether the connection of a request is closed after its answer. The share rises during the delay, so that clients do not all
    /// connect elsewhere at the same moment, and near its end every connection is closed.
    /// </summary>
    public static bool MustClose(TimeSpan elapsed, TimeSpan delay, double random) =>
        elapsed >= AlwaysFrom * delay || random < elapsed / delay;
}
