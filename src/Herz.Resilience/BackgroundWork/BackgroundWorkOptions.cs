namespace Herz.Resilience.BackgroundWork;

/// <summary>The bounds of background work: the section <c>Herz:BackgroundWork</c>.</summary>
public sealed class BackgroundWorkOptions
{
    /// <summary>How much work runs at once; 1 to 10,000.</summary>
    /// <value>The default is 64.</value>
    public int MaxConcurrency { get; set; } = 64;

    /// <summary>How much work waits for its turn before more is refused; 0 to 1,000,000.</summary>
    /// <value>The default is 1,000.</value>
    public int QueueLimit { get; set; } = 1000;

    /// <summary>The time after which the token of a piece of work is cancelled, counted from when it began to run.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long cancelled work may take to end before it is named in the log and counted as abandoned.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a shutdown waits for accepted work before it cancels what is left. The host's own shutdown timeout (30 seconds) bounds it too.</summary>
    /// <value>The default is 20 seconds.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
