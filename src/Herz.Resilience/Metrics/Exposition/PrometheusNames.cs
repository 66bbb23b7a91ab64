using System.Globalization;
using Herz.Resilience.Metrics.Series;

namespace Herz.Resilience.Metrics.Exposition;

/// <summary>
/// Converts OpenTelemetry instrument and attribute names to Prometheus names.
/// Source: the OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility".
/// </summary>
internal static class PrometheusNames
{
    /// <summary><c>herz.request.duration</c> in <c>s</c> becomes <c>herz_request_duration_seconds</c>; a counter ends in <c>_total</c>.</summary>
    public static string Metric(string name, string? unit, MetricKind kind)
    {
        var tokens = Tokens(name);
        foreach (var token in UcumUnits.ToTokens(unit))
        {
            if (!tokens.Contains(token))
            {
                tokens.Add(token);
            }
        }

        if (kind is MetricKind.Counter or MetricKind.ObservedCounter)
        {
            MoveToEnd(tokens, "total");
        }
        else if (kind is MetricKind.Gauge or MetricKind.ObservedGauge && unit == "1")
        {
            MoveToEnd(tokens, "ratio");
        }

        var joined = string.Join('_', tokens);
        return joined.Length == 0 || char.IsAsciiDigit(joined[0]) ? "_" + joined : joined;
    }

    /// <summary><c>http.route</c> becomes <c>http_route</c>. Never returns a name that Prometheus reserves.</summary>
    public static string Label(string name)
    {
        var label = string.Create(name.Length, name, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '_';
            }
        });

        // Prometheus reserves names that start with a double underscore, and a name cannot start with a digit.
        label = label.StartsWith("__", StringComparison.Ordinal) ? "_" + label.TrimStart('_') : label;
        return label switch
        {
            "" or "_" => "unnamed",
            "le" or "quantile" => "exported_" + label,
            _ when char.IsAsciiDigit(label[0]) => "_" + label,
            _ => label,
        };
    }

    /// <summary>The value of a tag as culture-invariant text.</summary>
    public static string Value(object? value) => value switch
    {
        null => "",
        string text => text,
        bool truth => truth ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>The help text on one line, as the exposition format requires.</summary>
    public static string Help(string? description) =>
        (description ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).ReplaceLineEndings(" ");

    /// <summary>Splits a name into its runs of letters, digits and colons.</summary>
    internal static List<string> Tokens(string name)
    {
        var tokens = new List<string>();
        var start = -1;
        for (var i = 0; i <= name.Length; i++)
        {
            var isTokenChar = i < name.Length && (char.IsAsciiLetterOrDigit(name[i]) || name[i] == ':');
            if (isTokenChar && start < 0)
            {
                start = i;
            }
            else if (!isTokenChar && start >= 0)
            {
                tokens.Add(name[start..i]);
                start = -1;
            }
        }

        return tokens;
    }

    private static void MoveToEnd(List<string> tokens, string token)
    {
        tokens.RemoveAll(t => t == token);
        tokens.Add(token);
    }
}
