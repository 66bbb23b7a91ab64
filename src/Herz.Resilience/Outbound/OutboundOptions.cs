namespace Herz.Resilience.Outbound;

/// <summary>How outgoing calls are guarded, and how they relate to the deadline of their request: the section <c>Herz:Outbound</c>.</summary>
public sealed class OutboundOptions : EnforcementOptions
{
    /// <summary>
    /// Whether the deadline of a request also cancels a call to which the code did not pass the request's token. Leave it off
    /// if calls are shared between requests: a cache's factory, a token refresh, a <c>Lazy&lt;Task&gt;</c>.
    /// </summary>
    /// <value>The default is <see langword="false"/>: the call is not cancelled, but counted if it outlives its request.</value>
    public bool CancelForgotten { get; set; }

    /// <summary>
    /// Whether calls of requests by clients that were not made by <c>IHttpClientFactory</c> are counted, and their hosts named once in the
    /// log. Read at start.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool WatchUnguardedCalls { get; set; } = true;

    /// <summary>How calls to all dependencies are guarded.</summary>
    /// <value>By default each key has its own default.</value>
    public OutboundCallOptions Defaults { get; set; } = new();

    /// <summary>Dependencies with a name and their own settings. A dependency without an entry is named by its host and port.</summary>
    /// <value>The default is none.</value>
    public IDictionary<string, OutboundDependencyOptions> Dependencies { get; set; } = new Dictionary<string, OutboundDependencyOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Options of single clients, by the name of the client, or by its host if it has no name.</summary>
    /// <value>The default is none.</value>
    public IDictionary<string, OutboundClientOptions> Clients { get; set; } = new Dictionary<string, OutboundClientOptions>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>The options of one client.</summary>
public sealed class OutboundClientOptions
{
    /// <summary>Replaces <see cref="OutboundOptions.CancelForgotten"/> for this client.</summary>
    /// <value>The default is <see langword="null"/>: the same as for every client.</value>
    public bool? CancelForgotten { get; set; }

    /// <summary>Whether calls of this client are retried, of every method if <see langword="true"/>. Set it only if all of its calls are safe to send again.</summary>
    /// <value>The default is <see langword="null"/>: as the dependency's settings say, and only idempotent methods.</value>
    public bool? Retry { get; set; }
}
