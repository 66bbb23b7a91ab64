using System.Net;
using System.Net.Sockets;

namespace Herz.Resilience.Outbound.Dependencies;

/// <summary>
/// Recognizes hosts inside the network by their name or address. Only they get the header with the number of the attempt, since a service
/// outside may refuse unknown headers, and learns nothing of use from it.
/// </summary>
internal static class InsideHosts
{
    private static readonly string[] s_suffixes = [".internal", ".local", ".svc", ".localhost", ".cluster.local"];

    public static bool Contains(string host)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return IsPrivate(address);
        }

        return host.Length > 0
            && (!host.Contains('.', StringComparison.Ordinal) || Array.Exists(s_suffixes, suffix => host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)));
    }

    // RFC 1918, RFC 4193 and loopback.
    private static bool IsPrivate(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return true;
        }

        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? address.IsIPv6UniqueLocal || address.IsIPv6LinkLocal
            : bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xF0) == 16) || (bytes[0] == 192 && bytes[1] == 168);
    }
}
