using Herz.Resilience.Tool.Values;

namespace Herz.Resilience.Tool.Scheduling;

/// <summary>Parses a shape such as <c>constant</c>, <c>poisson</c>, <c>ramp 100-2000</c>, <c>steps 100,200,400</c>, <c>spike 100-1000</c>.</summary>
internal static class ShapeParser
{
    private const string Right = "it must be constant, poisson, 'ramp A-B', 'steps A,B,C', or 'spike A-B' (B during the middle fifth of the run, or for 5 s after 20 s with 'spike A-B@20s+5s'), with rates per second";

    /// <summary>Parses a shape.</summary>
    /// <param name="text">The text.</param>
    /// <param name="rate">The rate of a shape without own rates; null if not given.</param>
    /// <param name="length">Length of the run.</param>
    /// <exception cref="UsageException">The text is not a shape.</exception>
    public static (LoadShape Shape, bool Poisson) Parse(string text, double? rate, TimeSpan length)
    {
        var seconds = length.TotalSeconds;
        var words = text.Trim().Split([' ', ':'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var name = words.Length > 0 ? words[0].ToLowerInvariant() : "";
        var rest = words.Length > 1 ? words[1] : "";
        if (name is "ramp" or "steps" or "spike" && rate is not null)
        {
            throw new UsageException($"--shape '{text}' contains rates, so it cannot be combined with --rate; remove one of them");
        }

        return (name, rest) switch
        {
            ("constant" or "poisson", "") => (new LoadShape($"{name} {Number(rate ?? 100)}/s", [new RatePiece(seconds, rate ?? 100, rate ?? 100)]), name == "poisson"),
            ("ramp", not "") => (Ramp(text, rest, seconds), false),
            ("steps", not "") => (Steps(rest, seconds), false),
            ("spike", not "") => (Spike(text, rest, seconds), false),
            _ => throw new UsageException($"--shape is '{text}'; {Right}"),
        };
    }

    private static LoadShape Ramp(string text, string rest, double seconds)
    {
        var (from, to) = Pair(text, rest);
        return new LoadShape($"ramp {Number(from)}-{Number(to)}/s", [new RatePiece(seconds, from, to)]);
    }

    private static LoadShape Steps(string rest, double seconds)
    {
        var rates = rest.Split(',', StringSplitOptions.TrimEntries).Select(r => Rate.Parse(r, "a rate of --shape steps", allowZero: true)).ToArray();
        return new LoadShape($"steps {string.Join(",", rates.Select(Number))}/s", [.. rates.Select(r => new RatePiece(seconds / rates.Length, r, r))]);
    }

    private static LoadShape Spike(string text, string rest, double seconds)
    {
        var parts = rest.Split('@', 2, StringSplitOptions.TrimEntries);
        var (low, high) = Pair(text, parts[0]);
        var (at, length) = (seconds * 0.4, seconds * 0.2);
        if (parts.Length == 2)
        {
            var times = parts[1].Split('+', 2, StringSplitOptions.TrimEntries);
            if (times.Length != 2)
            {
                throw new UsageException($"--shape is '{text}'; {Right}");
            }

            at = Duration.Parse(times[0], "the start of --shape spike", allowZero: true).TotalSeconds;
            length = Duration.Parse(times[1], "the length of --shape spike").TotalSeconds;
        }

        if (at + length > seconds)
        {
            throw new UsageException($"--shape is '{text}'; the spike ends {Number(at + length)} s after the start, but the run lasts {Number(seconds)} s");
        }

        RatePiece[] pieces = [new(at, low, low), new(length, high, high), new(seconds - at - length, low, low)];
        return new LoadShape($"spike {Number(low)}-{Number(high)}/s", [.. pieces.Where(p => p.Seconds > 0)]);
    }

    private static (double From, double To) Pair(string text, string rest)
    {
        var ends = rest.Split('-', StringSplitOptions.TrimEntries);
        return ends.Length == 2
            ? (Rate.Parse(ends[0], "the first rate of --shape", allowZero: true), Rate.Parse(ends[1], "the second rate of --shape", allowZero: true))
            : throw new UsageException($"--shape is '{text}'; {Right}");
    }

    private static string Number(double value) => value.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture);
}
