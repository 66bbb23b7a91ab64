using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.RateLimiting.Keys;

/// <summary>
/// The peers that are known to stand between the app and its clients: those that the app's ForwardedHeaders options name, and those whose
/// requests the app was seen to give another address. A header alone makes nobody a proxy: any client can send one.
/// </summary>
internal sealed class KnownProxies(IOptions<ForwardedHeadersOptions> options)
{
    private const int MostLearned = 256;

    private readonly ConcurrentDictionary<IPAddress, bool> _learned = new();
    private volatile bool _hasLearned;

    /// <summary>Whether the client of this request is known only later, when the app has processed its headers.</summary>
    public bool IsProxied(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } peer && ((_hasLearned && _learned.ContainsKey(peer)) || IsConfigured(context, peer));

    /// <summary>The app gave a request of this peer the address of another client.</summary>
    public void Learn(IPAddress peer)
    {
        if (_learned.Count < MostLearned)
        {
            _learned.TryAdd(peer, true);
            _hasLearned = true;
        }
    }

    private bool IsConfigured(HttpContext context, IPAddress peer)
    {
        var forwarded = options.Value;
        return (forwarded.ForwardedHeaders & ForwardedHeaders.XForwardedFor) != 0
            && context.Request.Headers.ContainsKey(forwarded.ForwardedForHeaderName)
            && IsTrusted(forwarded, peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer);
    }

    // As the framework has it: empty lists trust everybody.
    private static bool IsTrusted(ForwardedHeadersOptions forwarded, IPAddress peer) =>
        (forwarded.KnownProxies.Count == 0 && forwarded.KnownIPNetworks.Count == 0)
        || forwarded.KnownProxies.Contains(peer)
        || forwarded.KnownIPNetworks.Any(network => network.Contains(peer));
}
