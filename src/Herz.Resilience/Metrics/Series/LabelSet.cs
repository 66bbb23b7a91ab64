using Herz.Resilience.Metrics.Exposition;

namespace Herz.Resilience.Metrics.Series;

/// <summary>The labels of a series, sorted by name, so that the order of the tags does not matter.</summary>
internal static class LabelSet
{
    /// <summary>Converts tags to label names and values. The values of tags with the same label name are joined with a semicolon.</summary>
    public static (string[] Names, string[] Values) Of(KeyValuePair<string, object?>[] tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            var name = PrometheusNames.Label(tag.Key);
            var value = PrometheusNames.Value(tag.Value);
            labels[name] = labels.TryGetValue(name, out var other) ? $"{other};{value}" : value;
        }

        return ([.. labels.Keys], [.. labels.Values]);
    }
}
