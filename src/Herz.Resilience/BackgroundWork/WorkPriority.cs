namespace Herz.Resilience.BackgroundWork;

/// <summary>Which waiting work runs first, in service and when a shutdown drains it.</summary>
public enum WorkPriority
{
    /// <summary>Runs when nothing else waits.</summary>
    Low,

    /// <summary>What most work is.</summary>
    Normal,

    /// <summary>Runs before all other.</summary>
    High,
}
