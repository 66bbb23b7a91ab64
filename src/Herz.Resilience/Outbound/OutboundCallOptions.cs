namespace Herz.Resilience.Outbound;

/// <summary>How calls to a dependency are guarded. A key that is left out has the value of <c>Herz:Outbound:Defaults</c>.</summary>
public class OutboundCallOptions
{
    /// <summary>
    /// Whether calls that fail in a transient manner are retried: GET, HEAD, OPTIONS, PUT, DELETE, and requests with
    /// <see cref="HerzRequestOptions.Idempotent"/>; never streams and gRPC.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool? Retry { get; set; }

    /// <summary>The maximum number of attempts of one call, including the first; 1 to 10.</summary>
    /// <value>The default is 3.</value>
    public int? MaxAttempts { get; set; }

    /// <summary>The shortest delay before a retry; ten times that after an answer that throttles. 1 ms to 1 minute.</summary>
    /// <value>The default is 50 ms.</value>
    public TimeSpan? RetryDelay { get; set; }

    /// <summary>The longest delay before a retry; not below <see cref="RetryDelay"/>. 1 ms to 10 minutes.</summary>
    /// <value>The default is 1 s.</value>
    public TimeSpan? MaxRetryDelay { get; set; }

    /// <summary>The budget for retries and hedges, as a share of the calls of the last 10 s; 0 to 1.</summary>
    /// <value>The default is 0.2.</value>
    public double? RetryBudget { get; set; }

    /// <summary>The minimum budget for 10 s, for dependencies with few calls; 0 to 10,000. 0 leaves only the share.</summary>
    /// <value>The default is 10.</value>
    public int? MinRetries { get; set; }

    /// <summary>The longest time for which a <c>Retry-After</c> of the dependency is obeyed; 0 obeys none, at most 1 day.</summary>
    /// <value>The default is 1 minute.</value>
    public TimeSpan? MaxRetryAfter { get; set; }

    /// <summary>
    /// Whether one <c>Retry-After</c> pauses all calls to the dependency. If not, it pauses calls of the same kind (method, path without
    /// identifiers, credentials), and all calls with the same credentials once three paths have got one and none has succeeded for 2 s.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool? PauseAllCalls { get; set; }

    /// <summary>Whether calls are refused in proportion while the dependency rejects more than it accepts.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool? Throttle { get; set; }

    /// <summary>How many calls are made for each accepted one before calls are refused; 1.1 to 10. Lower refuses sooner.</summary>
    /// <value>The default is 2, as in "Handling Overload" of the Google SRE book.</value>
    public double? ThrottleRatio { get; set; }

    /// <summary>
    /// How many calls to the dependency may be in flight, until their headers arrive; further calls are refused. 1 to 1,000,000. So a slow
    /// dependency cannot hold all requests of the app.
    /// </summary>
    /// <value>The default is <see langword="null"/>: no limit.</value>
    public int? MaxConcurrency { get; set; }

    /// <summary>Whether a second attempt is sent when the first takes longer than 95 % of the dependency's calls; idempotent calls only.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool? Hedge { get; set; }

    /// <summary>Replaces the measured 95th percentile as the delay of a hedge; 1 ms to 10 minutes.</summary>
    /// <value>The default is <see langword="null"/>: measured.</value>
    public TimeSpan? HedgeDelay { get; set; }

    /// <summary>
    /// Whether the number of the attempt is sent in the header <c>Herz-Attempt</c>, so that only one tier of services retries.
    /// </summary>
    /// <value>The default is <see langword="null"/>: only to hosts inside the network (one label, private addresses, <c>.internal</c>, <c>.local</c>, <c>.svc</c>).</value>
    public bool? SendAttempt { get; set; }
}

/// <summary>One dependency with its own settings.</summary>
public sealed class OutboundDependencyOptions : OutboundCallOptions
{
    /// <summary>
    /// The hosts of the dependency: <c>stock</c>, <c>stock.test:5001</c>, <c>*.payments.test</c>; with <c>/package.Service</c> for one gRPC
    /// service. None for code that is not HTTP. An exact host wins over a wildcard, and a longer wildcard over a shorter one.
    /// </summary>
    /// <value>The default is none.</value>
    public IList<string> Hosts { get; set; } = [];
}
