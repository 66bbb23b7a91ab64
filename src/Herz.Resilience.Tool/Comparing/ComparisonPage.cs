using Herz.Resilience.Tool.Plotting;
using Herz.Resilience.Tool.Reporting;
using Herz.Resilience.Tool.Soaking;

namespace Herz.Resilience.Tool.Comparing;

/// <summary>The HTML page of a comparison.</summary>
internal static class ComparisonPage
{
    /// <summary>Renders the page.</summary>
    public static string Of(Comparison comparison)
    {
        var body = $"<h1>Comparison of two runs</h1>\n<p class=\"soft\">A: {Name(comparison.A)}<br>B: {Name(comparison.B)}</p>\n"
            + $"<p class=\"verdict\">{HtmlPage.Text(comparison.Sentence)}</p>\n"
            + HtmlPage.Table(ComparisonText.Head, ComparisonText.Rows(comparison))
            + HtmlPage.Plots([.. Plots(comparison)]);
        return HtmlPage.Of("herz: comparison of two runs", body);
    }

    private static string Name(RunReport report) => HtmlPage.Text($"{report.Target}, {report.Shape}, {report.Started:yyyy-MM-dd HH:mm} UTC");

    private static IEnumerable<SvgPlot> Plots(Comparison comparison)
    {
        var (a, b) = (comparison.A, comparison.B);
        foreach (var (x, y) in comparison.Series)
        {
            yield return new SvgPlot(x.Name, "seconds", "").Add("A", Points(x, 0)).Add("B", Points(y, 0));
            if (x.Growth is not null || y.Growth is not null)
            {
                yield return Growth(x, y);
            }
        }

        yield return new SvgPlot("p99 from the intended start", "seconds", "ms") { LogY = true }.Add("A", RunPage.Over(a, 99)).Add("B", RunPage.Over(b, 99));
        yield return new SvgPlot("Latency by share of requests", "nines: 1 is 90 %, 2 is 99 %, 3 is 99.9 %", "ms") { LogY = true }
            .Add("A", RunPage.Distribution(a)).Add("B", RunPage.Distribution(b));
        yield return new SvgPlot("Goodput", "seconds", "per s").Add("A", Good(a)).Add("B", Good(b));
    }

    private static SvgPlot Growth(SeriesReport a, SeriesReport b)
    {
        var plot = new SvgPlot($"{a.Name}: growth curves", a.GrowthOver, "").Add("A", Points(a, 2)).Add("B", Points(b, 2));
        foreach (var (name, series) in new[] { ("A fitted", a), ("B fitted", b) })
        {
            if (series.Growth is { } fit)
            {
                plot.Add(name, RunPage.GrowthCurve(series, fit), dashed: true);
            }
        }

        return plot;
    }

    private static IEnumerable<(double, double)> Points(SeriesReport series, int x) => series.Points.Select(p => (p[x], p[1])).OrderBy(p => p.Item1);

    private static IEnumerable<(double, double)> Good(RunReport report) => report.Timeline.Select(s => (s.From + (s.Seconds / 2), s.Good / s.Seconds));
}
