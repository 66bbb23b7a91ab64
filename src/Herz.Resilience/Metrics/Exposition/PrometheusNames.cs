using System.Globalization;
using Herz.Resilience.Metrics.Series;

namespace Herz.Resilience.Metrics.Exposition;

/// <summary>
/// OpenTelemetry instrument and attribute names as Prometheus writes them.
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

    /// <summary><c>http.route</c> becomes <c>http_route</c>. Never a name that Prometheus keeps for itself.</summary>
    public static string Label(string name)
    {
        var label = string.Create(name.Length, name, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '_';
            }
        });

        // A double underscore in front is reserved by Prometheus, a digit in front is not a name.
        label = label.StartsWith("__", StringComparison.Ordinal) ? "_" + label.TrimStart('_') : label;
        return label switch
        {
            "" or "_" => "unnamed",
            "le" or "quantile" => "exported_" + label,
            _ when char.IsAsciiDigit(label[0]) => "_" + label,
            _ => label,
        };
    }

    /// <summary>A tag's value as text, the same in every culture.</summary>
    public static string Value(object? value) => value switch
    {
        null => "",
        string text => text,
        bool truth => truth ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>Help text on one line, as the exposition format needs it.</summary>
    public static string Help(string? description) =>
        (description ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).ReplaceLineEndings(" ");

    /// <summary>The runs of letters, digits and colons in a name.</summary>
    internal static List<string> Tokens(string name)
    {
        var tokens = new List<string>();
        var start = -1;
        for (var i = 0; i <= name.Length; i++)
        {
            var part = i < name.Length && (char.IsAsciiLetterOrDigit(name[i]) || name[i] == ':');
            if (part && start < 0)
            {
                start = i;
            }
            else if (!part && start >= 0)
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
