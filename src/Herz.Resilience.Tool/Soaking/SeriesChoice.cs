using System.Text.RegularExpressions;

namespace Herz.Resilience.Tool.Soaking;

/// <summary>
/// Which series to watch: a name (<c>*</c> stands for any part) with labels that must be there, such as
/// <c>herz_background_running</c>, <c>process_*</c> or <c>jobs{queue="mail"}</c>.
/// </summary>
internal sealed partial class SeriesChoice
{
    private readonly Regex _name;
    private readonly string[] _labels;

    private SeriesChoice(string text, string series, Regex name, string[] labels)
    {
        Text = text;
        Series = series;
        _name = name;
        _labels = labels;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>What its series is called, where it names one.</summary>
    public string Series { get; }

    /// <summary>Whether it names one series, not a pattern.</summary>
    public bool IsExact => !Text.Contains('*', StringComparison.Ordinal);

    /// <summary>Reads a choice.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static SeriesChoice Parse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success)
        {
            throw new UsageException($"--series is '{text}'; it must be the name of a series such as herz_background_running, process_* or jobs{{queue=\"mail\"}}");
        }

        string[] labels = [.. match.Groups["label"].Captures.Select(c => c.Value)];
        var pattern = "^" + Regex.Escape(match.Groups["name"].Value).Replace("\\*", ".*", StringComparison.Ordinal) + "$";
        return new SeriesChoice(
            text.Trim(),
            Labelled(match.Groups["name"].Value, string.Join(",", labels)),
            new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking),
            labels);
    }

    /// <summary>The chosen series of a scrape. A pattern gives each by itself; a name is one series, whatever labels it has, added up.</summary>
    public IEnumerable<(string Name, double Value)> Of(Exposition scrape)
    {
        var found = scrape.Lines.Where(l => _name.IsMatch(l.Name) && _labels.All(label => Holds(l.Labels, label)) && double.IsFinite(l.Value));
        return IsExact
            ? found.GroupBy(l => l.Name, StringComparer.Ordinal).Select(g => (Series, g.Sum(l => l.Value)))
            : found.Select(l => (Labelled(l.Name, l.Labels), l.Value));
    }

    private static string Labelled(string name, string labels) => labels.Length == 0 ? name : $"{name}{{{labels}}}";

    private static bool Holds(string labels, string label)
    {
        var at = labels.IndexOf(label, StringComparison.Ordinal);
        return at == 0 || (at > 0 && labels[at - 1] is ',' or ' ');
    }

    [GeneratedRegex("^\\s*(?<name>[a-zA-Z_:*][a-zA-Z0-9_:*]*)\\s*(?:\\{\\s*(?<label>[a-zA-Z_]\\w*=\"(?:[^\"\\\\]|\\\\.)*\")(?:\\s*,\\s*(?<label>[a-zA-Z_]\\w*=\"(?:[^\"\\\\]|\\\\.)*\"))*\\s*,?\\s*\\})?\\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
