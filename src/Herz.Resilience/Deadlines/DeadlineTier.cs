namespace Herz.Resilience.Deadlines;

/// <summary>The names of the built-in tiers. Any other name in <c>Herz:Deadlines:Tiers</c> defines an app-specific tier.</summary>
public static class DeadlineTier
{
    /// <summary>The whole request: 800 ms. Observed only, until it is configured or measured to fit an endpoint.</summary>
    public const string Api = "Api";

    /// <summary>One piece of database work: 300 ms.</summary>
    public const string Database = "Database";

    /// <summary>One cache access: 100 ms.</summary>
    public const string Cache = "Cache";
}
