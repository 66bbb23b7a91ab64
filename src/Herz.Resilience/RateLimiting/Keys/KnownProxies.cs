using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.RateLimiting.Keys;

/// <summary>
/// The peers that are known proxies: those that the app's ForwardedHeaders options trust, and those whose requests the app has
/// given another address. A header alone does not make a peer a proxy: any client can send one.
/// </summary>
internal sealed class KnownProxies(IOptions<ForwardedHeadersOptions> options)
{
    private const int MaxLearned = 256;

    private readonly ConcurrentDictionary<IPAddress, bool> _learned = new();
    private volatile bool _hasLearned;

    /// <summary>Whether the client of this request is known only after the app has processed its headers.</summary>
    public bool IsProxied(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } peer && ((_hasLearned && _learned.ContainsKey(peer)) || IsConfigured(context, peer));

    /// <summary>Adds a peer whose request the app has given the address of another client.</summary>
    public void Learn(IPAddress peer)
    {
        if (_learned.Count < MaxLearned)
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

    // As in the framework: empty lists trust every peer.
    private static bool IsTrusted(ForwardedHeadersOptions forwarded, IPAddress peer) =>
        (forwarded.KnownProxies.Count == 0 && forwarded.KnownIPNetworks.Count == 0)
        || forwarded.KnownProxies.Contains(peer)
        || forwarded.KnownIPNetworks.Any(network => network.Contains(peer));
}
