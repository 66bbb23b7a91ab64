using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding;

/// <summary>What is refused when not all can be served: the section <c>Herz:LoadShedding</c>. Limits are found, not set.</summary>
public sealed class LoadSheddingOptions : EnforcementOptions
{
    /// <summary>
    /// The longest that a request waits for its turn under overload; a burst may wait four times as long. Never longer
    /// than its deadline allows. 1 ms to 10 s.
    /// </summary>
    /// <value>The default is 100 ms.</value>
    public TimeSpan MaxQueueTime { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The most requests of one overloaded endpoint that wait for their turn; 1 to 100,000. While it is being found out
    /// whether an endpoint is overloaded none is refused, and more may wait for a moment.
    /// </summary>
    /// <value>The default is 1,000.</value>
    public int MaxWaiting { get; set; } = 1_000;

    /// <summary>
    /// The request header that carries a priority: <c>critical</c>, <c>default</c> or <c>sheddable</c>. Name one only where
    /// callers are trusted: any client that can send it can push others out. Calls of <c>IHttpClientFactory</c>'s clients pass the
    /// priority of their request on in it.
    /// </summary>
    /// <value>The default is <see langword="null"/>: no header is read.</value>
    public string? PriorityHeader { get; set; }

    /// <summary>Routes with a priority of their own.</summary>
    /// <value>The default is none.</value>
    public IList<RoutePriorityOptions> Routes { get; set; } = [];
}

/// <summary>The priority of one route; it goes before what the endpoint itself says.</summary>
public sealed class RoutePriorityOptions
{
    /// <summary>The route's pattern as the app maps it, such as <c>/orders/{id}</c>. Required.</summary>
    public string? Pattern { get; set; }

    /// <summary>The priority of its requests.</summary>
    /// <value>The default is <see cref="RequestPriority.Default"/>.</value>
    public RequestPriority Priority { get; set; } = RequestPriority.Default;
}
