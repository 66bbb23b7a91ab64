namespace Herz.Resilience.BackgroundWork;

/// <summary>The limits of background work: the section <c>Herz:BackgroundWork</c>.</summary>
public sealed class BackgroundWorkOptions
{
    /// <summary>Maximum amount of work that runs at once; 1 to 10,000.</summary>
    /// <value>The default is 64.</value>
    public int MaxConcurrency { get; set; } = 64;

    /// <summary>Maximum amount of work that waits; more work is refused. 0 to 1,000,000.</summary>
    /// <value>The default is 1,000.</value>
    public int QueueLimit { get; set; } = 1000;

    /// <summary>Time from the start of a piece of work to the cancellation of its token.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time that cancelled work has to end. After it, the work is logged by name and counted as abandoned.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time that a shutdown waits for accepted work; then it cancels the remaining work. If the host's shutdown timeout (30 seconds) is shorter than this and the grace period together, it is shortened, so that work is cancelled before the host ends.</summary>
    /// <value>The default is 20 seconds.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
