namespace Herz.Resilience.BackgroundWork;

/// <summary>The order in which waiting work runs, also while a shutdown drains the queue.</summary>
public enum WorkPriority
{
    /// <summary>Runs when no other work waits.</summary>
    Low,

    /// <summary>The default.</summary>
    Normal,

    /// <summary>Runs before all other work.</summary>
    High,
}
