namespace Herz.Resilience.Deadlines;

/// <summary>The shrinking deadline of each request and its tiers: the section <c>Herz:Deadlines</c>.</summary>
public sealed class DeadlinesOptions : EnforcementOptions
{
    /// <summary>
    /// The time limit of each kind of work, by the name passed to <see cref="IDeadlines.Enter"/>. Above zero, at most one day, and not
    /// longer than <c>Api</c>. <c>Api</c> is the time from the arrival of a request until its answer starts. A started answer is not
    /// cancelled. The time in which the client sends the body does not count. If <c>Api</c> is set, it is enforced on every endpoint from
    /// the first request on. If it is not set, 800 ms are observed, and enforced on an endpoint only after they are measured to fit it.
    /// </summary>
    /// <value>The default is none: <c>Api</c> 800 ms (observed), <c>Database</c> 300 ms and <c>Cache</c> 100 ms.</value>
    public IDictionary<string, TimeSpan> Tiers { get; set; } = new Dictionary<string, TimeSpan>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Routes with their own tiers. They take precedence over the framework's request timeouts. A pattern that no endpoint has applies
    /// to paths that middleware answers, such as <c>/signin-oidc</c>.
    /// </summary>
    /// <value>The default is none.</value>
    public IList<RouteDeadlineOptions> Routes { get; set; } = [];
}

/// <summary>The tiers of one route.</summary>
public sealed class RouteDeadlineOptions
{
    /// <summary>
    /// The route pattern as the app maps it, such as <c>/reports/{**path}</c>. For requests without an endpoint: a path, or a pattern
    /// that is matched against the path of the incoming request. Required.
    /// </summary>
    public string? Pattern { get; set; }

    /// <summary>Replaces <c>Api</c> and the framework's request timeout on this route.</summary>
    /// <value>The default is <see langword="null"/>: the framework's request timeout, or else the tier of all routes.</value>
    public TimeSpan? Api { get; set; }

    /// <summary>Replaces <c>Database</c> on this route.</summary>
    /// <value>The default is <see langword="null"/>: the tier of all routes.</value>
    public TimeSpan? Database { get; set; }

    /// <summary>Replaces <c>Cache</c> on this route.</summary>
    /// <value>The default is <see langword="null"/>: the tier of all routes.</value>
    public TimeSpan? Cache { get; set; }

    /// <summary>Replaces app-specific tiers on this route, by tier name.</summary>
    /// <value>The default is none: the tiers of all routes.</value>
    public IDictionary<string, TimeSpan> Tiers { get; set; } = new Dictionary<string, TimeSpan>(StringComparer.OrdinalIgnoreCase);
}
