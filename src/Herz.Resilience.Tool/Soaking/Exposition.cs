using System.Globalization;

namespace Herz.Resilience.Tool.Soaking;

/// <summary>One scrape of a metrics endpoint, parsed as Prometheus text 0.0.4 or OpenMetrics 1.0.</summary>
internal sealed class Exposition
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private Exposition(IReadOnlyList<MetricLine> lines, IReadOnlyDictionary<string, string> types)
    {
        Lines = lines;
        Types = types;
    }

    /// <summary>The series with their values.</summary>
    public IReadOnlyList<MetricLine> Lines { get; }

    /// <summary>Type by metric name, as declared by the endpoint.</summary>
    public IReadOnlyDictionary<string, string> Types { get; }

    /// <summary>Parses a scrape.</summary>
    /// <exception cref="NotMetricsException">The text is in another format; the message contains the first invalid line.</exception>
    public static Exposition Parse(string text)
    {
        var lines = new List<MetricLine>();
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        if (text.AsSpan().TrimStart().StartsWith("<", Ordinal))
        {
            throw new NotMetricsException("it returned HTML or XML");
        }

        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            var line = raw.Trim();
            if (line.IsEmpty)
            {
                continue;
            }

            if (line[0] == '#')
            {
                ReadComment(line, types);
            }
            else
            {
                lines.Add(ReadLine(line));
            }
        }

        return lines.Count > 0 ? new Exposition(lines, types) : throw new NotMetricsException("it contains no series");
    }

    /// <summary>The type of the metric that a series belongs to, with or without an OpenMetrics suffix.</summary>
    public string TypeOf(string name)
    {
        if (Types.TryGetValue(name, out var type))
        {
            return type;
        }

        foreach (var suffix in new[] { "_total", "_count", "_sum", "_bucket", "_created" })
        {
            if (name.EndsWith(suffix, Ordinal) && Types.TryGetValue(name[..^suffix.Length], out type))
            {
                return suffix is "_created" ? "gauge" : "counter";
            }
        }

        return name.EndsWith("_total", Ordinal) ? "counter" : "untyped";
    }

    private static void ReadComment(ReadOnlySpan<char> line, Dictionary<string, string> types)
    {
        var words = line.ToString().Split((char[]?)null, 4, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 4 && words[1] == "TYPE")
        {
            types[words[2]] = words[3].Trim().ToLowerInvariant();
        }
    }

    private static MetricLine ReadLine(ReadOnlySpan<char> line)
    {
        var nameEnd = line.IndexOfAny('{', ' ', '\t');
        if (nameEnd < 1 || !IsName(line[..nameEnd]))
        {
            throw NotAMetric(line);
        }

        var labelsEnd = line[nameEnd] == '{' ? EndOfLabels(line, nameEnd) : nameEnd;
        var labels = line[nameEnd] == '{' ? line[(nameEnd + 1)..(labelsEnd - 1)].ToString() : "";
        var rest = line[labelsEnd..].Trim();
        var valueEnd = rest.IndexOfAny(' ', '\t');
        var text = valueEnd < 0 ? rest : rest[..valueEnd];
        var value = text switch
        {
            "NaN" => double.NaN,
            "+Inf" or "Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw NotAMetric(line),
        };
        return new MetricLine(line[..nameEnd].ToString(), labels, value);
    }

    private static int EndOfLabels(ReadOnlySpan<char> line, int from)
    {
        var quoted = false;
        for (var i = from + 1; i < line.Length; i++)
        {
            if (quoted && line[i] == '\\')
            {
                i++;
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (line[i] == '}' && !quoted)
            {
                return i + 1;
            }
        }

        throw NotAMetric(line);
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or ':'))
            {
                return false;
            }
        }

        return !char.IsAsciiDigit(name[0]);
    }

    private static NotMetricsException NotAMetric(ReadOnlySpan<char> line) =>
        new($"the line '{(line.Length > 60 ? line[..60] : line)}' is not a metric");
}
