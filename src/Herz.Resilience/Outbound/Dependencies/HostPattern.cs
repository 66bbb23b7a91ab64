using System.Buffers;
using System.Globalization;

namespace Herz.Resilience.Outbound.Dependencies;

/// <summary>
/// One entry of <see cref="OutboundDependencyOptions.Hosts"/>: a host with an optional port and gRPC service, or a wildcard for all hosts
/// below a domain.
/// </summary>
internal sealed class HostPattern
{
    private static readonly SearchValues<char> s_notInHosts = SearchValues.Create(" ?#@{}");

    private readonly string _host;
    private readonly string _rest;

    private HostPattern(string host, string rest, bool isWildcard)
    {
        _host = host;
        _rest = rest;
        IsWildcard = isWildcard;
    }

    public bool IsWildcard { get; }

    /// <summary>A narrower pattern wins.</summary>
    public int Rank => (IsWildcard ? 0 : 1_000_000) + (_rest.Length > 0 ? 1_000 : 0) + _host.Length;

    /// <summary>Reads a pattern; null if it is not valid.</summary>
    public static HostPattern? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Contains("://", StringComparison.Ordinal) || text.AsSpan().ContainsAny(s_notInHosts))
        {
            return null;
        }

        var isWildcard = text.StartsWith("*.", StringComparison.Ordinal);
        var rest = text[(isWildcard ? 2 : 0)..].ToLowerInvariant();
        var end = EndOfHost(rest);
        var host = rest[..end];
        return host.Length > 0 && !host.Contains('*', StringComparison.Ordinal) && !host.StartsWith('.') && IsPortAndService(rest[end..])
            ? new HostPattern(host, rest[end..], isWildcard)
            : null;
    }

    /// <summary>Whether a call belongs to it.</summary>
    /// <param name="authority">The host, its port, and for gRPC the service, such as <c>stock:5001/shop.Stock</c>.</param>
    public bool Matches(string authority)
    {
        var end = EndOfHost(authority);
        var host = authority.AsSpan(0, end);
        var rest = authority.AsSpan(end);
        var isHost = IsWildcard
            ? host.Length > _host.Length && host.EndsWith(_host, StringComparison.OrdinalIgnoreCase) && host[host.Length - _host.Length - 1] == '.'
            : host.Equals(_host, StringComparison.OrdinalIgnoreCase);
        return isHost && (_rest.Length == 0
            || rest.Equals(_rest, StringComparison.OrdinalIgnoreCase)
            || (_rest[0] == ':' && rest.StartsWith(_rest + '/', StringComparison.OrdinalIgnoreCase))
            || (_rest[0] == '/' && rest.EndsWith(_rest, StringComparison.OrdinalIgnoreCase)));
    }

    // An IPv6 address is in brackets.
    private static int EndOfHost(string text)
    {
        var from = text.StartsWith('[') ? Math.Max(text.IndexOf(']', StringComparison.Ordinal), 0) : 0;
        var end = text.AsSpan(from).IndexOfAny(':', '/');
        return end < 0 ? text.Length : from + end;
    }

    private static bool IsPortAndService(string rest)
    {
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var port = slash < 0 ? rest : rest[..slash];
        var service = slash < 0 ? null : rest[(slash + 1)..];
        return (port.Length == 0 || (ushort.TryParse(port.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
            && (service is null || (service.Length > 0 && !service.Contains('/', StringComparison.Ordinal)));
    }
}
