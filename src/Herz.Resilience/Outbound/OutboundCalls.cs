using System.Collections.Concurrent;
using Herz.Resilience.Configuration;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Outbound;

/// <summary>The plan in force and the records of calls by client. A singleton, because handlers are recreated.</summary>
internal sealed class OutboundCalls
{
    // Clients without a name use their host as a metric label; hosts beyond this limit share one name.
    private const int MaxClients = 100;
    private const string Others = "other";

    private readonly ConcurrentDictionary<string, Client> _clients = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Client> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly OutboundMetrics _metrics;
    private readonly ILogger<OutboundCalls> _logger;
    private volatile OutboundPlan _plan = null!;

    public OutboundCalls(Settings<OutboundOptions> settings, OutboundMetrics metrics, ILogger<OutboundCalls> logger)
    {
        _metrics = metrics;
        _logger = logger;
        settings.Follow((options, mode) => _plan = new OutboundPlan(options, mode));
    }

    public OutboundPlan Plan => _plan;

    public void Outlived(string client, string? route)
    {
        var known = Find(client);
        _metrics.Outlived(known.Name);
        if (known.Name != Others && Interlocked.Exchange(ref known.Reported, 1) == 0)
        {
            _logger.Outlived(known.Name, route ?? "a path without an endpoint");
        }
    }

    /// <summary>Whether the calls of a client may be retried; null if it is not configured.</summary>
    public bool? RetriesOf(string? client, HttpRequestMessage request) => _plan.RetriesOf(string.IsNullOrEmpty(client) ? request.RequestUri?.Host ?? "" : client);

    /// <summary>A client has a resilience handler of its own. Logged once per client, since handlers are recreated.</summary>
    public void HasOther(string client, string handler)
    {
        var known = Find("handler " + client);
        if (known.Name != Others && Interlocked.Exchange(ref known.Reported, 1) == 0)
        {
            _logger.OtherHandler(client.Length == 0 ? "(without a name)" : client, handler);
        }
    }

    /// <summary>The name of a host that an unguarded call goes to, and whether it is the first call to it.</summary>
    public (string Name, bool IsFirst) Unguarded(string host)
    {
        var known = _hosts.TryGetValue(host, out var found) ? found : _hosts.GetOrAdd(_hosts.Count < MaxClients ? host : Others, static name => new Client(name));
        return (known.Name, known.Name != Others && Volatile.Read(ref known.Reported) == 0 && Interlocked.Exchange(ref known.Reported, 1) == 0);
    }

    public void Cancelled(string client) => _metrics.Cancelled(Find(client).Name);

    private Client Find(string client) =>
        _clients.TryGetValue(client, out var known) ? known
        : _clients.GetOrAdd(_clients.Count < MaxClients ? client : Others, static name => new Client(name));

    private sealed class Client(string name)
    {
        public int Reported;

        public string Name { get; } = name;
    }
}
