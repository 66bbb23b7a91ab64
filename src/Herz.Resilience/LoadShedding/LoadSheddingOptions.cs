using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding;

/// <summary>Load shedding: the section <c>Herz:LoadShedding</c>. Concurrency limits are measured, not configured.</summary>
public sealed class LoadSheddingOptions : EnforcementOptions
{
    /// <summary>
    /// Maximum time that a request waits in the queue of an overloaded endpoint; four times as long in a burst, and never longer than its
    /// deadline allows. 1 ms to 10 s.
    /// </summary>
    /// <value>The default is 100 ms.</value>
    public TimeSpan MaxQueueTime { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Maximum number of queued requests per overloaded endpoint; 1 to 100,000. While an experiment examines whether an endpoint is
    /// overloaded, no request is refused, and the queue may be longer for a moment.
    /// </summary>
    /// <value>The default is 1,000.</value>
    public int MaxWaiting { get; set; } = 1_000;

    /// <summary>
    /// Name of the request header that carries a priority: <c>critical</c>, <c>default</c> or <c>sheddable</c>. Set it only if all callers
    /// are trusted: a client that sends it can displace others. Calls of <c>IHttpClientFactory</c> clients send the priority of
    /// their request in this header.
    /// </summary>
    /// <value>The default is <see langword="null"/>: no header is read.</value>
    public string? PriorityHeader { get; set; }

    /// <summary>Routes with their own priority.</summary>
    /// <value>The default is none.</value>
    public IList<RoutePriorityOptions> Routes { get; set; } = [];
}

/// <summary>The priority of one route. It overrides the priority that the endpoint sets itself.</summary>
public sealed class RoutePriorityOptions
{
    /// <summary>Pattern of the route as the app maps it, such as <c>/orders/{id}</c>. Required.</summary>
    public string? Pattern { get; set; }

    /// <summary>The priority of its requests.</summary>
    /// <value>The default is <see cref="RequestPriority.Default"/>.</value>
    public RequestPriority Priority { get; set; } = RequestPriority.Default;
}
