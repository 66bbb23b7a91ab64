namespace Herz.Resilience.BackgroundWork;

/// <summary>How a piece of background work ended.</summary>
public enum WorkOutcome
{
    /// <summary>The work returned.</summary>
    Succeeded,

    /// <summary>The owner or the shutdown cancelled the work, and it ended.</summary>
    Cancelled,

    /// <summary>The deadline cancelled the work, and it ended.</summary>
    TimedOut,

    /// <summary>The work threw an exception.</summary>
    Failed,

    /// <summary>The work was cancelled and did not end within the grace period. It occupies its place until it ends.</summary>
    Abandoned,
}
