using System.Globalization;
using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Reporting;
using Herz.Resilience.Tool.Soaking;

namespace Herz.Resilience.Tool.Plotting;

/// <summary>The HTML page of one run.</summary>
internal static class RunPage
{
    private static readonly double[] s_percentiles = [0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999];

    /// <summary>Renders the page.</summary>
    public static string Of(RunReport report)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        TextReport.Write(text, report);
        if (report.Soak is { } soak)
        {
            SoakText.Write(text, soak);
        }

        var body = $"<h1>{HtmlPage.Text(report.Target)}</h1>\n<p class=\"soft\">{HtmlPage.Text(report.Shape)}, {report.Started:yyyy-MM-dd HH:mm} UTC</p>\n"
            + Verdicts(report)
            + Figures(report)
            + HtmlPage.Plots([.. Plots(report)])
            + $"<h2>As text</h2><div class=\"wide\"><pre>{HtmlPage.Text(text.ToString())}</pre></div>\n";
        return HtmlPage.Of($"herz: {report.Target}", body);
    }

    /// <summary>Latency by share of requests; x is the number of nines.</summary>
    public static IEnumerable<(double X, double Y)> Distribution(RunReport report)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(report.Histogram);
        return s_percentiles.Where(p => (100 - p) / 100 * histogram.Count >= 1).Select(p => (-Math.Log10(1 - (p / 100)), histogram.PercentileMs(p)));
    }

    /// <summary>A latency percentile over time.</summary>
    public static IEnumerable<(double X, double Y)> Over(RunReport report, double percentile) =>
        report.Timeline.Where(s => s.Latencies.Count > 0).Select(s =>
        {
            var histogram = new LatencyHistogram(2);
            histogram.Add(s.Latencies);
            return (s.From + (s.Seconds / 2), histogram.PercentileMs(percentile));
        });

    /// <summary>The fitted curve over the measured loads.</summary>
    public static IEnumerable<(double X, double Y)> GrowthCurve(SeriesReport series, Judgement.PowerFit fit)
    {
        var most = series.Points.Max(p => p[2]);
        return Enumerable.Range(0, 61).Select(i => (most * i / 60, fit.At(most * i / 60)));
    }

    private static string Verdicts(RunReport report) =>
        report.Soak is null ? "" : string.Concat(report.Soak.Series.Select(s => $"<p class=\"verdict\">{HtmlPage.Text(s.Name)}: {HtmlPage.Text(s.Judgement.Words)}</p>\n"));

    private static string Figures(RunReport report) => HtmlPage.Table(
        ["", "requests", "per second", "goodput", "p50 ms", "p95 ms", "p99 ms", "max ms", "errors"],
        [[
            "all", N(report.Requests), N(report.RatePerSecond), N(report.GoodputPerSecond) + "/s", N(report.Latency.P50), N(report.Latency.P95),
            N(report.Latency.P99), N(report.Latency.Max), (report.ErrorShare * 100).ToString("0.###", CultureInfo.InvariantCulture) + " %",
        ],
            .. report.Templates.Select(t => new[]
            {
                t.Name, N(t.Requests), N(t.Requests / report.Seconds), N(t.Good / report.Seconds) + "/s", N(t.Latency.P50), N(t.Latency.P95),
                N(t.Latency.P99), N(t.Latency.Max), (100.0 * (t.Requests - t.Ok) / Math.Max(1, t.Requests)).ToString("0.###", CultureInfo.InvariantCulture) + " %",
            })]);

    private static IEnumerable<SvgPlot> Plots(RunReport report)
    {
        IEnumerable<(double, double)> Per(Func<Slice, long> count) => report.Timeline.Select(s => (s.From + (s.Seconds / 2), count(s) / s.Seconds));

        yield return new SvgPlot("Requests by outcome", "seconds", "per s")
            .Add("offered", Per(s => s.Offered), dashed: true).Add("refused", Per(s => s.Refused)).Add("good", Per(s => s.Good)).Add("pending", report.Timeline.Select(s => (s.From + s.Seconds, (double)s.Pending))).Add("failed", Per(s => s.Failed));
        yield return new SvgPlot("Latency from the intended start", "seconds", "ms") { LogY = true }
            .Add("p50", Over(report, 50)).Add("p99", Over(report, 99)).Add("max", Over(report, 100), dashed: true);
        yield return new SvgPlot("Latency by share of requests", "nines: 1 is 90 %, 2 is 99 %, 3 is 99.9 %", "ms") { LogY = true }.Add("all", Distribution(report));
        foreach (var series in report.Soak?.Series ?? [])
        {
            yield return new SvgPlot($"{series.Name}: {series.Judgement.Words}", "seconds", series.IsRate ? "per s" : "").Add(series.Name, series.Points.Select(p => (p[0], p[1])));
            if (series.Growth is { } fit)
            {
                yield return new SvgPlot($"{series.Name}: {fit.Words}", series.GrowthOver, "")
                    .Add("measured", series.Points.Select(p => (p[2], p[1])).OrderBy(p => p.Item1)).Add("fitted", GrowthCurve(series, fit), dashed: true);
            }
        }
    }

    private static string N(double value) => value.ToString(value >= 100 ? "#,0" : "0.##", CultureInfo.InvariantCulture);
}
