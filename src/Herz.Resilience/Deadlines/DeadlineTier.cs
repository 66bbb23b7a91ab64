namespace Herz.Resilience.Deadlines;

/// <summary>The names of the tiers that there are without configuration. Any other name in <c>Herz:Deadlines:Tiers</c> is a tier of the app's own.</summary>
public static class DeadlineTier
{
    /// <summary>The whole request: 800 ms, observed until measured to fit an endpoint or configured.</summary>
    public const string Api = "Api";

    /// <summary>One piece of database work: 300 ms.</summary>
    public const string Database = "Database";

    /// <summary>One cache access: 100 ms.</summary>
    public const string Cache = "Cache";
}
