using System.Text.RegularExpressions;

namespace Herz.Resilience.Tool.Soaking;

/// <summary>
/// Selects series by name (<c>*</c> matches any text) and required labels, such as
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

    /// <summary>The text as given.</summary>
    public string Text { get; }

    /// <summary>Name of the result series of an exact choice.</summary>
    public string Series { get; }

    /// <summary>Whether the choice is a series name without wildcard.</summary>
    public bool IsExact => !Text.Contains('*', StringComparison.Ordinal);

    /// <summary>Parses a choice.</summary>
    /// <exception cref="UsageException">The text is not a choice.</exception>
    public static SeriesChoice Parse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success)
        {
            throw new UsageException($"--series is '{text}'; it must be a series name such as herz_background_running, process_* or jobs{{queue=\"mail\"}}");
        }

        string[] labels = [.. match.Groups["label"].Captures.Select(c => c.Value)];
        var pattern = "^" + Regex.Escape(match.Groups["name"].Value).Replace("\\*", ".*", StringComparison.Ordinal) + "$";
        return new SeriesChoice(
            text.Trim(),
            Labelled(match.Groups["name"].Value, string.Join(",", labels)),
            new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking),
            labels);
    }

    /// <summary>The chosen series of a scrape. A pattern returns each series separately; a name returns the sum over all labels.</summary>
    public IEnumerable<(string Name, double Value)> Of(Exposition scrape)
    {
        var found = scrape.Lines.Where(l => _name.IsMatch(l.Name) && _labels.All(label => HasLabel(l.Labels, label)) && double.IsFinite(l.Value));
        return IsExact
            ? found.GroupBy(l => l.Name, StringComparer.Ordinal).Select(g => (Series, g.Sum(l => l.Value)))
            : found.Select(l => (Labelled(l.Name, l.Labels), l.Value));
    }

    private static string Labelled(string name, string labels) => labels.Length == 0 ? name : $"{name}{{{labels}}}";

    private static bool HasLabel(string labels, string label)
    {
        var at = labels.IndexOf(label, StringComparison.Ordinal);
        return at == 0 || (at > 0 && labels[at - 1] is ',' or ' ');
    }

    [GeneratedRegex("^\\s*(?<name>[a-zA-Z_:*][a-zA-Z0-9_:*]*)\\s*(?:\\{\\s*(?<label>[a-zA-Z_]\\w*=\"(?:[^\"\\\\]|\\\\.)*\")(?:\\s*,\\s*(?<label>[a-zA-Z_]\\w*=\"(?:[^\"\\\\]|\\\\.)*\"))*\\s*,?\\s*\\})?\\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
