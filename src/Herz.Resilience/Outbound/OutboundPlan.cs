
namespace Herz.Resilience.Outbound;

/// <summary>The options in force, by client. Immutable; one per configuration.</summary>
internal sealed class OutboundPlan(OutboundOptions options, EnforcementMode mode)
{
    private readonly bool _cancelForgotten = options.CancelForgotten;
    private readonly Dictionary<string, OutboundClientOptions> _clients = new(options.Clients, StringComparer.OrdinalIgnoreCase);

    public EnforcementMode Mode { get; } = mode;

    /// <summary>Whether the deadline of its request cancels a call: by the option of the request, of its client, or of all clients.</summary>
    public bool CancelsForgotten(HttpRequestMessage request, string client) =>
        Mode == EnforcementMode.Enforce
        && (request.Options.TryGetValue(HerzRequestOptions.CancelForgotten, out var own) ? own
            : (_clients.Count > 0 ? _clients.GetValueOrDefault(client)?.CancelForgotten : null) ?? _cancelForgotten);
}
