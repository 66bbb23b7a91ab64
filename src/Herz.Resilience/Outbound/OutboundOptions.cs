
namespace Herz.Resilience.Outbound;

/// <summary>What calls of <c>IHttpClientFactory</c>'s clients take from the request they are made for: the section <c>Herz:Outbound</c>.</summary>
public sealed class OutboundOptions : EnforcementOptions
{
    /// <summary>
    /// Whether a call ends with the deadline of its request also where the code did not pass the request's token on. Leave it off
    /// where calls are shared between requests: a cache's factory, a token refresh, a <c>Lazy&lt;Task&gt;</c>.
    /// </summary>
    /// <value>The default is <see langword="false"/>: such a call is left alone, and counted if it outlives its request.</value>
    public bool CancelForgotten { get; set; }

    /// <summary>Settings of single clients, by the name of the client; of one without a name, by the host it calls.</summary>
    /// <value>The default is none.</value>
    public IDictionary<string, OutboundClientOptions> Clients { get; set; } = new Dictionary<string, OutboundClientOptions>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>The settings of one client.</summary>
public sealed class OutboundClientOptions
{
    /// <summary>Replaces <see cref="OutboundOptions.CancelForgotten"/> for this client.</summary>
    /// <value>The default is <see langword="null"/>: as for every client.</value>
    public bool? CancelForgotten { get; set; }
}
