namespace Herz.Resilience.Metrics.Exposition;

/// <summary>
/// The Prometheus names of UCUM units.
/// Source: the OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility", metric metadata.
/// </summary>
internal static class UcumUnits
{
    /// <summary>Converts <c>s</c> to <c>seconds</c>, <c>By/s</c> to <c>bytes_per_second</c>, and <c>{request}</c> to nothing.</summary>
    /// <returns>The tokens to append to a metric's name; empty if the unit has no name.</returns>
    public static string[] ToTokens(string? unit)
    {
        if (string.IsNullOrWhiteSpace(unit))
        {
            return [];
        }

        var bare = WithoutAnnotations(unit);
        var slash = bare.IndexOf('/', StringComparison.Ordinal);
        var whole = slash < 0 ? bare : bare[..slash];
        var per = slash < 0 ? "" : bare[(slash + 1)..];

        var tokens = new List<string>();
        tokens.AddRange(PrometheusNames.Tokens(Whole(whole.Trim())));
        if (per.Trim().Length > 0)
        {
            tokens.Add("per");
            tokens.AddRange(PrometheusNames.Tokens(Per(per.Trim())));
        }

        return [.. tokens];
    }

    private static string WithoutAnnotations(string unit)
    {
        var open = unit.IndexOf('{', StringComparison.Ordinal);
        while (open >= 0)
        {
            var close = unit.IndexOf('}', open);
            unit = close < 0 ? unit[..open] : unit.Remove(open, close - open + 1);
            open = unit.IndexOf('{', StringComparison.Ordinal);
        }

        return unit;
    }

    private static string Whole(string unit) => unit switch
    {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "TiBy" => "tibibytes",
        "KBy" => "kilobytes",
        "MBy" => "megabytes",
        "GBy" => "gigabytes",
        "TBy" => "terabytes",
        "m" => "meters",
        "V" => "volts",
        "A" => "amperes",
        "J" => "joules",
        "W" => "watts",
        "g" => "grams",
        "Cel" => "celsius",
        "Hz" => "hertz",
        "%" => "percent",
        "1" => "",
        _ => unit,
    };

    private static string Per(string unit) => unit switch
    {
        "s" => "second",
        "m" => "minute",
        "min" => "minute",
        "h" => "hour",
        "d" => "day",
        "w" => "week",
        "mo" => "month",
        "y" => "year",
        _ => unit,
    };
}
