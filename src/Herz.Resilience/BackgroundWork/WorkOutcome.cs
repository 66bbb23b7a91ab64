namespace Herz.Resilience.BackgroundWork;

/// <summary>How a piece of background work ended.</summary>
public enum WorkOutcome
{
    /// <summary>It returned.</summary>
    Succeeded,

    /// <summary>It was cancelled by its owner or by the shutdown, and ended.</summary>
    Cancelled,

    /// <summary>Its deadline cancelled it, and it ended.</summary>
    TimedOut,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>It was cancelled and did not end within the grace period; it keeps its place until it does.</summary>
    Abandoned,
}
