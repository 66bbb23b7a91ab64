namespace Herz.Resilience.Deadlines;

/// <summary>A kind of work with a time of its own.</summary>
public enum DeadlineTier
{
    /// <summary>The whole request.</summary>
    Api,

    /// <summary>One piece of database work.</summary>
    Database,

    /// <summary>One cache access.</summary>
    Cache,
}
