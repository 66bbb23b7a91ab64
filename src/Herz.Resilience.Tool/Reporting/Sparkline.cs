namespace Herz.Resilience.Tool.Reporting;

/// <summary>Renders values as a line of bar characters.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>One bar for each value; the largest value has the full height.</summary>
    public static string Of(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var most = all.Length == 0 ? 0 : all.Max();
        return string.Concat(all.Select(v => Bars[most <= 0 ? 0 : Math.Clamp((int)(v / most * Bars.Length), 0, Bars.Length - 1)]));
    }
}
