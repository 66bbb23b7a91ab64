using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.Health.Listener;

/// <summary>The pure core: what a probe needs of HTTP/1.1 (RFC 9112), from the bytes received so far.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The decoded path without a trailing slash.</param>
/// <param name="Query">The parameters.</param>
/// <param name="WantsJson">Whether the client asked for JSON.</param>
internal sealed record ProbeRequest(string Method, string Path, IReadOnlyDictionary<string, StringValues> Query, bool WantsJson)
{
    /// <summary>The longest request that is read, head included. A body is not read.</summary>
    public const int MaxBytes = 4096;

    private static readonly Dictionary<string, StringValues> s_none = [];

    /// <param name="received">The bytes so far.</param>
    /// <param name="status">The status of the error answer if the request is invalid; 0 if it is incomplete or valid.</param>
    /// <returns>Null if the request is incomplete or invalid.</returns>
    public static ProbeRequest? Parse(ReadOnlySpan<byte> received, out int status)
    {
        status = 0;
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            status = received.Length >= MaxBytes ? 431 : 0;
            return null;
        }

        var head = received[..end];
        if (head.IndexOfAnyExceptInRange((byte)'\t', (byte)'~') >= 0)
        {
            status = 400;
            return null;
        }

        var lines = Encoding.ASCII.GetString(head).Split("\r\n");
        if (lines[0].Split(' ') is not [var method, var target, "HTTP/1.1" or "HTTP/1.0"] || method.Length == 0 || !target.StartsWith('/'))
        {
            status = lines[0].EndsWith("HTTP/2.0", StringComparison.Ordinal) ? 505 : 400;
            return null;
        }

        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = Uri.UnescapeDataString(question < 0 ? target : target[..question]);
        return new(
            method,
            path.Length > 1 && path.EndsWith('/') ? path[..^1] : path,
            question < 0 ? s_none : QueryHelpers.ParseQuery(target[question..]),
            lines.Any(static line => line.StartsWith("accept:", StringComparison.OrdinalIgnoreCase) && line.Contains("json", StringComparison.OrdinalIgnoreCase)));
    }
}
