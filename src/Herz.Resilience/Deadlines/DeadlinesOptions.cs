using Herz.Resilience.Configuration;

namespace Herz.Resilience.Deadlines;

/// <summary>The shrinking deadline of each request and its tiers: the section <c>Herz:Deadlines</c>.</summary>
public sealed class DeadlinesOptions : FeatureOptions
{
    /// <summary>The time that each kind of work may take.</summary>
    public DeadlineTiers Tiers { get; set; } = new();

    /// <summary>
    /// Routes with tiers of their own, which go before the framework's request timeouts. A pattern that no endpoint has names
    /// paths that middleware answers, such as <c>/signin-oidc</c>.
    /// </summary>
    /// <value>The default is none.</value>
    public IList<RouteDeadline> Routes { get; set; } = [];
}

/// <summary>The time that each kind of work may take; an outer tier is never shorter than an inner one.</summary>
public sealed class DeadlineTiers
{
    internal static readonly TimeSpan DefaultApi = TimeSpan.FromMilliseconds(800);

    /// <summary>
    /// From the arrival of a request until its answer begins; an answer that has begun is not cut, and time that its client takes
    /// to send the body does not count. Once set, it is enforced on every endpoint from the first request on; until then 800 ms
    /// are observed, and enforced on an endpoint only once measured to fit it.
    /// </summary>
    /// <value>The default is <see langword="null"/>: 800 ms, enforced on an endpoint once measured to fit it, until then observed.</value>
    public TimeSpan? Api { get; set; }

    /// <summary>One piece of database work, entered by <see cref="IDeadlines.Enter"/>. That call asks for it, so its default is enforced too.</summary>
    /// <value>The default is 300 ms.</value>
    public TimeSpan Database { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>One cache access, entered by <see cref="IDeadlines.Enter"/>. That call asks for it, so its default is enforced too.</summary>
    /// <value>The default is 100 ms.</value>
    public TimeSpan Cache { get; set; } = TimeSpan.FromMilliseconds(100);
}

/// <summary>The tiers of one route.</summary>
public sealed class RouteDeadline
{
    /// <summary>
    /// The route's pattern as the app maps it, such as <c>/reports/{**path}</c>; or for what is no endpoint, a path or a pattern
    /// that the path of a request is matched with as it arrives. Required.
    /// </summary>
    public string? Pattern { get; set; }

    /// <summary>Replaces <see cref="DeadlineTiers.Api"/> and the framework's request timeout on this route.</summary>
    /// <value>The default is <see langword="null"/>: the framework's request timeout, or else the tier of every route.</value>
    public TimeSpan? Api { get; set; }

    /// <summary>Replaces <see cref="DeadlineTiers.Database"/> on this route.</summary>
    /// <value>The default is <see langword="null"/>: the tier of every route.</value>
    public TimeSpan? Database { get; set; }

    /// <summary>Replaces <see cref="DeadlineTiers.Cache"/> on this route.</summary>
    /// <value>The default is <see langword="null"/>: the tier of every route.</value>
    public TimeSpan? Cache { get; set; }
}
