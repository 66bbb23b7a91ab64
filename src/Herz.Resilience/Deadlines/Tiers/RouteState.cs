namespace Herz.Resilience.Deadlines.Tiers;

/// <summary>The measured state of one endpoint or one configured path. Survives reloads.</summary>
internal sealed class RouteState(string label, string? pattern, TimeProvider time)
{
    /// <summary>The label in metrics and logs.</summary>
    public string Label { get; } = label;

    /// <summary>The setting that changes the deadline of this route, as the object of "set".</summary>
    public string Remedy { get; } = pattern is null
        ? "[RequestTimeout] on the endpoint"
        : $"an entry of Herz:Deadlines:Routes with Pattern \"{pattern}\" and a longer Api";

    public LogThrottle Throttle { get; } = new(time);

    /// <summary>Measures whether the default tier fits; used if none is configured.</summary>
    public TierFit Fit { get; } = new(TierTimes.DefaultApi, time);

    /// <summary>Whether a request has ended late. From then on the start of each answer is recorded.</summary>
    public bool TakesLong { get; set; }

    /// <summary>The tier in force, as of the last request.</summary>
    public RouteTier? Tier { get; set; }
}
