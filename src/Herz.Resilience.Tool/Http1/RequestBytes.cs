using System.Text;
using Herz.Resilience.Tool.Requests;

namespace Herz.Resilience.Tool.Http1;

/// <summary>Renders a template as HTTP/1.1 bytes (RFC 9112).</summary>
internal static class RequestBytes
{
    /// <summary>Request line, headers and body.</summary>
    public static byte[] Render(RequestTemplate template)
    {
        var head = new StringBuilder();
        head.Append(template.Method).Append(' ').Append(template.Url.PathAndQuery).Append(" HTTP/1.1\r\n");
        AppendUnlessGiven(head, template, "Host", template.Url.Authority);
        AppendUnlessGiven(head, template, "User-Agent", "herz");
        AppendUnlessGiven(head, template, "Accept", "*/*");
        foreach (var (name, value) in template.Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (!template.Body.IsEmpty || template.Method is "POST" or "PUT" or "PATCH")
        {
            head.Append("Content-Length: ").Append(template.Body.Length).Append("\r\n");
        }

        head.Append("\r\n");
        return [.. Encoding.Latin1.GetBytes(head.ToString()), .. template.Body.Span];
    }

    private static void AppendUnlessGiven(StringBuilder head, RequestTemplate template, string name, string value)
    {
        if (!template.Headers.Any(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }
    }
}
