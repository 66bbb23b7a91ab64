using System.Buffers.Binary;
using System.Net;

namespace Herz.Resilience.RateLimiting.Keys;

/// <summary>An address or a network (RFC 4632, RFC 4291). IPv4 is mapped into IPv6. A test allocates nothing.</summary>
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

    /// <summary>The prefix length in IPv6: for an IPv4 network its own plus 96.</summary>
    public int PrefixLength { get; }

    /// <summary>The number of clients in it: each IPv4 address, each IPv6 /64.</summary>
    public long Partitions
    {
        get
        {
            var free = (_isIPv4 ? Bits : ClientBits) - PrefixLength;
            return free >= 32 ? long.MaxValue : 1L << Math.Max(0, free);
        }
    }

    /// <summary>Parses <c>192.0.2.7</c>, <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>; an IPv6 address means its /64, which one client owns.</summary>
    public static bool TryParse(string text, out AddressRange range)
    {
        range = default;
        if (IPNetwork.TryParse(text, out var network))
        {
            var isIPv4 = network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
            range = new AddressRange(NumberOf(network.BaseAddress), network.PrefixLength + (isIPv4 ? MappedBits : 0));

            // An address with host bits, such as 10.0.0.7/8, is most likely a mistake.
            return (isIPv4 || network.PrefixLength <= ClientBits)
                && IPAddress.TryParse(text.AsSpan(0, text.IndexOf('/', StringComparison.Ordinal)), out var named) && NumberOf(named) == range._base;
        }

        // "7" and "0x7f000001" parse as addresses too, but are most likely mistakes.
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

    // Mapped IPv4 addresses are in ::/64, and so is ::1.
    public bool Contains(UInt128 address) => (address & _mask) == _base && IsMapped(address) == _isIPv4;

    private static bool IsMapped(UInt128 address) => address >> 32 == 0xFFFF;
}
