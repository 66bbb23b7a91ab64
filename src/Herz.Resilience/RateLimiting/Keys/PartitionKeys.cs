using System.Net;
using System.Runtime.InteropServices;
using System.Security.Claims;
using Herz.Resilience.Pipeline.Endpoints;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.RateLimiting.Keys;

/// <summary>Computes the key of a request's partition. An address and a user never share a bucket.</summary>
internal sealed class PartitionKeys(KeyHash hash)
{
    private const ulong NoAddress = 1;
    private const ulong IPv4 = 4;
    private const ulong IPv6 = 6;

    /// <returns>False if the policy's delegate exempts the request.</returns>
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

    /// <summary>The key of a user, an API key, a route or a name that a delegate returns.</summary>
    public ulong OfText(string name) => hash.Of(name);

    /// <summary>IPv4 by address; IPv6 by /64, since one client owns the whole /64 (RFC 6177, RFC 4291).</summary>
    public ulong OfClient(IPAddress? address)
    {
        if (address is null)
        {
            return hash.Of(0, NoAddress);
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (length == 4)
        {
            return hash.Of(MemoryMarshal.Read<uint>(bytes), IPv4);
        }

        return address.IsIPv4MappedToIPv6
            ? hash.Of(MemoryMarshal.Read<uint>(bytes[12..]), IPv4)
            : hash.Of(MemoryMarshal.Read<ulong>(bytes), IPv6);
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
