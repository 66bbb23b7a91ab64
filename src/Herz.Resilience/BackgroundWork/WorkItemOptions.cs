namespace Herz.Resilience.BackgroundWork;

/// <summary>What one piece of work wants otherwise than the configuration says.</summary>
public sealed record WorkItemOptions
{
    /// <summary>The time after which its token is cancelled; <see cref="Timeout.InfiniteTimeSpan"/> for never.</summary>
    /// <value>The default is <see langword="null"/>: <see cref="BackgroundWorkOptions.Deadline"/>.</value>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Which waiting work runs first.</summary>
    /// <value>The default is <see cref="WorkPriority.Normal"/>.</value>
    public WorkPriority Priority { get; init; } = WorkPriority.Normal;
}
