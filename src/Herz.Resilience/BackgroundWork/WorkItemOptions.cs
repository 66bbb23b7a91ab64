namespace Herz.Resilience.BackgroundWork;

/// <summary>Options of one piece of work, which replace the configuration.</summary>
public sealed record WorkItemOptions
{
    /// <summary>Time from the start of the work to the cancellation of its token; <see cref="Timeout.InfiniteTimeSpan"/> for never.</summary>
    /// <value>The default is <see langword="null"/>: <see cref="BackgroundWorkOptions.Deadline"/>.</value>
    public TimeSpan? Deadline { get; init; }

    /// <summary>The priority of the work while it waits.</summary>
    /// <value>The default is <see cref="WorkPriority.Normal"/>.</value>
    public WorkPriority Priority { get; init; } = WorkPriority.Normal;
}
