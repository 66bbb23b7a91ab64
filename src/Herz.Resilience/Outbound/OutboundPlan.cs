using Herz.Resilience.Outbound.Dependencies;

namespace Herz.Resilience.Outbound;

/// <summary>The options in force, by client and by dependency. Immutable; one per configuration.</summary>
internal sealed class OutboundPlan
{
    public static readonly OutboundPlan Default = new(new OutboundOptions(), EnforcementMode.Enforce);

    private readonly bool _cancelForgotten;
    private readonly Dictionary<string, OutboundClientOptions> _clients;
    private readonly (HostPattern Pattern, string Name)[] _hosts;
    private readonly Dictionary<string, DependencySettings> _dependencies;
    private readonly DependencySettings _defaults;

    public OutboundPlan(OutboundOptions options, EnforcementMode mode)
    {
        Mode = mode;
        _cancelForgotten = options.CancelForgotten;
        _clients = new(options.Clients, StringComparer.OrdinalIgnoreCase);
        _defaults = DependencySettings.Of(null, options.Defaults);
        _dependencies = options.Dependencies.ToDictionary(
            static pair => pair.Key, pair => DependencySettings.Of(pair.Value, options.Defaults), StringComparer.OrdinalIgnoreCase);
        _hosts = [.. options.Dependencies
            .SelectMany(static pair => pair.Value.Hosts.Select(host => (Pattern: HostPattern.Parse(host)!, Name: pair.Key)))
            .OrderByDescending(static host => host.Pattern.Rank)];
    }

    public EnforcementMode Mode { get; }

    /// <summary>The configured name of an authority; null if it has none.</summary>
    public string? NameOf(string authority)
    {
        foreach (var (pattern, name) in _hosts)
        {
            if (pattern.Matches(authority))
            {
                return name;
            }
        }

        return null;
    }

    public DependencySettings SettingsOf(string name) => _dependencies.GetValueOrDefault(name) ?? _defaults;

    /// <summary>Whether calls of a client may be retried; null if it is not configured.</summary>
    public bool? RetriesOf(string client) => _clients.Count > 0 ? _clients.GetValueOrDefault(client)?.Retry : null;

    /// <summary>Whether the deadline of its request cancels a call: by the option of the request, of its client, or of all clients.</summary>
    public bool CancelsForgotten(HttpRequestMessage request, string client) =>
        Mode == EnforcementMode.Enforce
        && (request.Options.TryGetValue(HerzRequestOptions.CancelForgotten, out var own) ? own
            : (_clients.Count > 0 ? _clients.GetValueOrDefault(client)?.CancelForgotten : null) ?? _cancelForgotten);
}
