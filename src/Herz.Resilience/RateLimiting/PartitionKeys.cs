using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.RateLimiting;

/// <summary>Makes the key of a request's partition. A different salt per kind keeps a user from sharing a bucket with an address.</summary>
internal sealed class PartitionKeys(KeyHash hash)
{
    private const ulong ClientSalt = 0x9E3779B97F4A7C15;

    /// <returns>False where the policy's delegate exempts the request.</returns>
    public bool TryGet(RateLimitPolicyOptions policy, HttpContext context, GuardedEndpoint? endpoint, out ulong key)
    {
        if (policy.PartitionKey is { } custom)
        {
            var name = custom(context);
            key = name is null ? 0 : hash.Of(name);
            return name is not null;
        }

        key = policy.PartitionBy switch
        {
            PartitionBy.Global => 0,
            PartitionBy.Route => hash.Of(endpoint?.Route ?? ""),
            PartitionBy.User => OfUser(context),
            PartitionBy.ApiKey => OfHeader(context, policy.Header),
            _ => OfClient(context.Connection.RemoteIpAddress),
        };
        return true;
    }

    /// <summary>IPv4 by address; IPv6 by /64, since one client owns all of that (RFC 6177, RFC 4291).</summary>
    public ulong OfClient(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = 0;
        if (address is not null)
        {
            address.TryWriteBytes(bytes, out length);
            if (address.IsIPv4MappedToIPv6)
            {
                bytes[12..].CopyTo(bytes);
                length = 4;
            }
            else if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                length = 8;
            }
        }

        return hash.Of(bytes[..length]) ^ ClientSalt;
    }

    private ulong OfUser(HttpContext context)
    {
        var user = context.User;
        if (user.Identity is not { IsAuthenticated: true })
        {
            return OfClient(context.Connection.RemoteIpAddress);
        }

        var name = user.FindFirstValue(ClaimTypes.NameIdentifier) ?? user.FindFirstValue("sub") ?? user.Identity.Name;
        return name is null ? OfClient(context.Connection.RemoteIpAddress) : hash.Of(name);
    }

    private ulong OfHeader(HttpContext context, string header)
    {
        var value = context.Request.Headers[header];
        return value.Count == 1 && value[0] is { Length: > 0 } key ? hash.Of(key) : OfClient(context.Connection.RemoteIpAddress);
    }
}
