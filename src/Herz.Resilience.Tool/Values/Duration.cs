using System.Globalization;
using System.Text.RegularExpressions;

namespace Herz.Resilience.Tool.Values;

/// <summary>Parses durations such as <c>250ms</c>, <c>30s</c>, <c>10m</c>, <c>1h30m</c>.</summary>
internal static partial class Duration
{
    /// <summary>Parses a duration.</summary>
    /// <param name="text">The text.</param>
    /// <param name="what">The option or key, for error messages.</param>
    /// <param name="allowZero">Whether 0 is allowed.</param>
    /// <exception cref="UsageException">The text is not a duration, or it is longer than 30 days.</exception>
    public static TimeSpan Parse(string text, string what, bool allowZero = false)
    {
        var match = Form().Match(text);
        if (!match.Success)
        {
            throw Wrong(text, what, allowZero);
        }

        var total = 0.0;
        for (var i = 0; i < match.Groups["value"].Captures.Count; i++)
        {
            var value = double.Parse(match.Groups["value"].Captures[i].Value, CultureInfo.InvariantCulture);
            total += value * match.Groups["unit"].Captures[i].Value switch
            {
                "ms" => 0.001,
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                _ => 86400,
            };
        }

        if (total > TimeSpan.FromDays(30).TotalSeconds || (total == 0 && !allowZero))
        {
            throw Wrong(text, what, allowZero);
        }

        return TimeSpan.FromSeconds(total);
    }

    private static UsageException Wrong(string text, string what, bool allowZero) =>
        new($"{what} is '{text}'; it must be a duration {(allowZero ? "from" : "longer than")} 0 and at most 30 days, such as 250ms, 30s, 10m or 1h30m");

    [GeneratedRegex(@"^\s*(?:(?<value>\d+(?:\.\d+)?)(?<unit>ms|s|m|h|d))+\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
