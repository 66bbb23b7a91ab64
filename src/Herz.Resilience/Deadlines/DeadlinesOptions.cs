
namespace Herz.Resilience.Deadlines;

/// <summary>The shrinking deadline of each request and its tiers: the section <c>Herz:Deadlines</c>.</summary>
public sealed class DeadlinesOptions : EnforcementOptions
{
    /// <summary>
    /// The time that each kind of work may take, by the name that <see cref="IDeadlines.Enter"/> is called with; above zero and at most a
    /// day, and no longer than <c>Api</c>. <c>Api</c> is the time from the arrival of a request until its answer begins: an answer that has
    /// begun is not cut, and time that its client takes to send the body does not count. Once set, it is enforced on every endpoint from the
    /// first request on; until then 800 ms are observed, and enforced on an endpoint only once measured to fit it.
    /// </summary>
    /// <value>The default is none: <c>Api</c> 800 ms as said, <c>Database</c> 300 ms and <c>Cache</c> 100 ms.</value>
    public IDictionary<string, TimeSpan> Tiers { get; set; } = new Dictionary<string, TimeSpan>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Routes with tiers of their own, which go before the framework's request timeouts. A pattern that no endpoint has names
    /// paths that middleware answers, such as <c>/signin-oidc</c>.
    /// </summary>
    /// <value>The default is none.</value>
    public IList<RouteDeadlineOptions> Routes { get; set; } = [];
}

/// <summary>The tiers of one route.</summary>
public sealed class RouteDeadlineOptions
{
    /// <summary>
    /// The route's pattern as the app maps it, such as <c>/reports/{**path}</c>; or for what is no endpoint, a path or a pattern
    /// that the path of a request is matched with as it arrives. Required.
    /// </summary>
    public string? Pattern { get; set; }

    /// <summary>Replaces <c>Api</c> and the framework's request timeout on this route.</summary>
    /// <value>The default is <see langword="null"/>: the framework's request timeout, or else the tier of every route.</value>
    public TimeSpan? Api { get; set; }

    /// <summary>Replaces <c>Database</c> on this route.</summary>
    /// <value>The default is <see langword="null"/>: the tier of every route.</value>
    public TimeSpan? Database { get; set; }

    /// <summary>Replaces <c>Cache</c> on this route.</summary>
    /// <value>The default is <see langword="null"/>: the tier of every route.</value>
    public TimeSpan? Cache { get; set; }

    /// <summary>Replaces tiers of the app's own on this route, by their names.</summary>
    /// <value>The default is none: the tiers of every route.</value>
    public IDictionary<string, TimeSpan> Tiers { get; set; } = new Dictionary<string, TimeSpan>(StringComparer.OrdinalIgnoreCase);
}
