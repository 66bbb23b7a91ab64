namespace Herz.Resilience.Deadlines.Tiers;

/// <summary>What is known of one endpoint, or of one configured path, across reloads.</summary>
internal sealed class RouteWatch(string label, string? pattern, TimeProvider time)
{
    /// <summary>Labels metrics.</summary>
    public string Label { get; } = label;

    /// <summary>What makes the time of this route longer, to follow "set".</summary>
    public string Remedy { get; } = pattern is null
        ? "[RequestTimeout] on the endpoint"
        : $"an entry of Herz:Deadlines:Routes with Pattern \"{pattern}\" and a longer Api";

    public LogPace Pace { get; } = new(time);

    /// <summary>Whether the default tier fits; used where none is configured.</summary>
    public TierFit Fit { get; } = new(TierTimes.DefaultApi, time);

    /// <summary>Whether a request ended after its tier, so that from then on the start of its answers is recorded.</summary>
    public bool TakesLong { get; set; }

    /// <summary>The tier in force, as of the last request.</summary>
    public RouteTier? Tier { get; set; }
}
