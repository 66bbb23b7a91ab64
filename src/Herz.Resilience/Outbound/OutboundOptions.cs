
namespace Herz.Resilience.Outbound;

/// <summary>How calls of <c>IHttpClientFactory</c>'s clients relate to the deadline of their request: the section <c>Herz:Outbound</c>.</summary>
public sealed class OutboundOptions : EnforcementOptions
{
    /// <summary>
    /// Whether the deadline of a request also cancels a call to which the code did not pass the request's token. Leave it off
    /// if calls are shared between requests: a cache's factory, a token refresh, a <c>Lazy&lt;Task&gt;</c>.
    /// </summary>
    /// <value>The default is <see langword="false"/>: the call is not cancelled, but counted if it outlives its request.</value>
    public bool CancelForgotten { get; set; }

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
}
