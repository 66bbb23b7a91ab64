using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Prometheus;

namespace Herz.Resilience.Metrics.Exposition;

/// <summary>
/// Selects the Prometheus text format or OpenMetrics by the scraper's Accept header.
/// Source: RFC 9110, section 12.5.1; OpenMetrics 1.0, "Protocol Negotiation".
/// </summary>
internal static class ExpositionNegotiation
{
    public const string TextContentType = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// <summary>OpenMetrics if the scraper names it with at least the quality of text; otherwise text.</summary>
    public static ExpositionFormat Choose(StringValues accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out var accepted))
        {
            return ExpositionFormat.PrometheusText;
        }

        var openMetrics = 0d;
        var text = 0d;
        foreach (var range in accepted)
        {
            var quality = range.Quality ?? 1;
            if (range.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase))
            {
                if (IsVersionOne(range))
                {
                    openMetrics = Math.Max(openMetrics, quality);
                }
            }
            else if (range.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
            {
                text = Math.Max(text, quality);
            }
        }

        return openMetrics > 0 && openMetrics >= text ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText;
    }

    /// <summary>Returns the Content-Type of a format.</summary>
    public static string ContentType(ExpositionFormat format) =>
        format == ExpositionFormat.OpenMetricsText ? OpenMetricsContentType : TextContentType;

    /// <summary>Whether the scraper accepts gzip, by name or by <c>*</c> (RFC 9110, section 12.5.3).</summary>
    public static bool AcceptsGzip(StringValues acceptEncoding)
    {
        if (!StringWithQualityHeaderValue.TryParseList(acceptEncoding, out var accepted))
        {
            return false;
        }

        var named = accepted.FirstOrDefault(static coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase))
            ?? accepted.FirstOrDefault(static coding => coding.Value == "*");
        return named is not null && named.Quality is not 0;
    }

    private static bool IsVersionOne(MediaTypeHeaderValue range)
    {
        foreach (var parameter in range.Parameters)
        {
            if (parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase))
            {
                return HeaderUtilities.RemoveQuotes(parameter.Value).Equals("1.0.0", StringComparison.Ordinal);
            }
        }

        return true;
    }
}
