using System.Globalization;

namespace Herz.Resilience.PendingWork.Text;

/// <summary>Writes one line per group that grew or shrank.</summary>
internal static class DifferenceText
{
    private const int MaxTypes = 10;

    public static void Write(PendingWorkDifference difference, TextWriter writer)
    {
        writer.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"pending difference: {difference.Changes.Count} changed in {difference.Elapsed.TotalSeconds:F1} s, growth {difference.GrowthTotal}\n"));
        foreach (var note in difference.Notes)
        {
            writer.Write($"# note: {note}\n");
        }

        foreach (var change in difference.Changes)
        {
            var origin = change.Origin is null ? "" : $" from {change.Origin}";
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{change.Growth:+#;-#;0} ({change.Before} -> {change.After}, {difference.PerMinute(change):+0.#;-0.#;0}/min, {difference.ShareOf(change):P0} of growth) {change.Method} awaiting {change.Awaits}{origin}\n"));
        }

        foreach (var type in difference.HeapChanges.Where(static type => type.BytesGrowth > 0).Take(MaxTypes))
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"heap: +{type.BytesGrowth} bytes in {type.CountGrowth:+#;-#;0} {type.Type}\n"));
        }
    }
}
