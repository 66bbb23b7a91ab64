using System.Globalization;

namespace Herz.Resilience.Tool.Values;

/// <summary>Parses rates such as <c>200</c>, <c>200/s</c>, <c>12000/m</c>.</summary>
internal static class Rate
{
    /// <summary>A higher rate is a typing error: no generator can send it.</summary>
    public const double Max = 10_000_000;

    /// <summary>Parses a rate, in requests per second.</summary>
    /// <exception cref="UsageException">The text is not a rate.</exception>
    public static double Parse(string text, string what, bool allowZero = false)
    {
        var number = text.Trim();
        var per = 1.0;
        foreach (var (unit, seconds) in new[] { ("/s", 1.0), ("/m", 60.0), ("/h", 3600.0) })
        {
            if (number.EndsWith(unit, StringComparison.Ordinal))
            {
                (number, per) = (number[..^2], seconds);
                break;
            }
        }

        if (double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value / per <= Max && (value > 0 || (allowZero && value == 0)))
        {
            return value / per;
        }

        throw new UsageException($"{what} is '{text}'; it must be a rate {(allowZero ? "from" : "greater than")} 0 and at most 10000000 requests per second, such as 200 or 200/s (or 12000/m)");
    }
}
