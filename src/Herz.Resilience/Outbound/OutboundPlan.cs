
namespace Herz.Resilience.Outbound;

/// <summary>The settings in force, ready to look up by client. Immutable; one per configuration.</summary>
internal sealed class OutboundPlan(OutboundOptions options, EnforcementMode mode)
{
    private readonly bool _cancelForgotten = options.CancelForgotten;
    private readonly Dictionary<string, OutboundClientOptions> _clients = new(options.Clients, StringComparer.OrdinalIgnoreCase);

    public EnforcementMode Mode { get; } = mode;

    /// <summary>Whether a call ends with the deadline of its request: the request itself says so, or its client, or the setting for all.</summary>
    public bool CancelsForgotten(HttpRequestMessage request, string client) =>
        Mode == EnforcementMode.Enforce
        && (request.Options.TryGetValue(HerzRequestOptions.CancelForgotten, out var own) ? own
            : (_clients.Count > 0 ? _clients.GetValueOrDefault(client)?.CancelForgotten : null) ?? _cancelForgotten);
}
