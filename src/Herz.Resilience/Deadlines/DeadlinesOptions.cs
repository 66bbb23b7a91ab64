using Herz.Resilience.Configuration;

namespace Herz.Resilience.Deadlines;

/// <summary>The shrinking deadline of each request and its tiers: the section <c>Herz:Deadlines</c>.</summary>
public sealed class DeadlinesOptions : FeatureOptions
{
    /// <summary>The time that each kind of work may take.</summary>
    public DeadlineTiers Tiers { get; set; } = new();

    /// <summary>Routes with tiers of their own.</summary>
    /// <value>The default is none.</value>
    public IList<RouteDeadline> Routes { get; set; } = [];
}

/// <summary>The time that each kind of work may take; an outer tier is never shorter than an inner one.</summary>
public sealed class DeadlineTiers
{
    /// <summary>From the arrival of a request until its answer begins; an answer that has begun is not cut.</summary>
    /// <value>The default is 800 ms.</value>
    public TimeSpan Api { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>One piece of database work.</summary>
    /// <value>The default is 300 ms.</value>
    public TimeSpan Database { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>One cache access.</summary>
    /// <value>The default is 100 ms.</value>
    public TimeSpan Cache { get; set; } = TimeSpan.FromMilliseconds(100);
}

/// <summary>The tiers of one route.</summary>
public sealed class RouteDeadline
{
    /// <summary>The route's pattern as the app maps it, such as <c>/reports/{**path}</c>. Required.</summary>
    public string? Pattern { get; set; }

    /// <summary>Replaces <see cref="DeadlineTiers.Api"/> on this route.</summary>
    /// <value>The default is <see langword="null"/>: the tier of every route.</value>
    public TimeSpan? Api { get; set; }

    /// <summary>Replaces <see cref="DeadlineTiers.Database"/> on this route.</summary>
    /// <value>The default is <see langword="null"/>: the tier of every route.</value>
    public TimeSpan? Database { get; set; }

    /// <summary>Replaces <see cref="DeadlineTiers.Cache"/> on this route.</summary>
    /// <value>The default is <see langword="null"/>: the tier of every route.</value>
    public TimeSpan? Cache { get; set; }
}
