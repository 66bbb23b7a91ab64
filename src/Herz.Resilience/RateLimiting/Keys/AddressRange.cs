using System.Buffers.Binary;
using System.Net;

namespace Herz.Resilience.RateLimiting.Keys;

/// <summary>An address or a network (RFC 4632, RFC 4291), IPv4 as mapped into IPv6; tested without an allocation.</summary>
internal readonly record struct AddressRange
{
    private const int Bits = 128;
    private const int MappedBits = 96;
    private const int ClientBits = 64;

    private readonly UInt128 _base;
    private readonly UInt128 _mask;
    private readonly bool _isIPv4;

    private AddressRange(UInt128 address, int prefixLength)
    {
        PrefixLength = prefixLength;
        _mask = prefixLength == 0 ? 0 : UInt128.MaxValue << (Bits - prefixLength);
        _base = address & _mask;
        _isIPv4 = prefixLength >= MappedBits;
    }

    /// <summary>The length of the prefix in IPv6; 96 more than in IPv4.</summary>
    public int PrefixLength { get; }

    /// <summary>How many clients it holds: of IPv4 each address, of IPv6 each /64.</summary>
    public long Partitions
    {
        get
        {
            var free = (_isIPv4 ? Bits : ClientBits) - PrefixLength;
            return free >= 32 ? long.MaxValue : 1L << Math.Max(0, free);
        }
    }

    /// <summary>Parses <c>192.0.2.7</c>, <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>; an IPv6 address stands for its /64, which one client owns.</summary>
    public static bool TryParse(string text, out AddressRange range)
    {
        range = default;
        if (IPNetwork.TryParse(text, out var network))
        {
            var isIPv4 = network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
            range = new AddressRange(NumberOf(network.BaseAddress), network.PrefixLength + (isIPv4 ? MappedBits : 0));

            // An address inside of the network is more likely a mistake than its name.
            return (isIPv4 || network.PrefixLength <= ClientBits)
                && IPAddress.TryParse(text.AsSpan(0, text.IndexOf('/', StringComparison.Ordinal)), out var named) && NumberOf(named) == range._base;
        }

        // "7" and "0x7f000001" parse as addresses too, and are more likely mistakes.
        if (!IPAddress.TryParse(text, out var address) || !(text.Contains(':', StringComparison.Ordinal) || text.Count(static letter => letter == '.') == 3))
        {
            return false;
        }

        var isClient = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;
        range = new AddressRange(NumberOf(address), isClient ? Bits : ClientBits);
        return true;
    }

    public static UInt128 NumberOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4 ? new UInt128(0, 0xFFFF_0000_0000UL | BinaryPrimitives.ReadUInt32BigEndian(bytes)) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    // The mapped addresses of IPv4 lie in ::/64, beside ::1.
    public bool Contains(UInt128 address) => (address & _mask) == _base && IsMapped(address) == _isIPv4;

    private static bool IsMapped(UInt128 address) => address >> 32 == 0xFFFF;
}
