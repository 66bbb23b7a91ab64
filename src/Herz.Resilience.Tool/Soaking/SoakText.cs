using System.Globalization;
using Herz.Resilience.Tool.Judgement;

namespace Herz.Resilience.Tool.Soaking;

/// <summary>Writes the judgement of a soak as text.</summary>
internal static class SoakText
{
    /// <summary>Writes each series: growing first, then undecided, then converged.</summary>
    public static void Write(TextWriter to, SoakReport report)
    {
        foreach (var series in report.Series.OrderByDescending(s => s.Judgement.Verdict == Verdict.Growing).ThenByDescending(s => s.Judgement.Verdict == Verdict.Undecided))
        {
            var j = series.Judgement;
            to.WriteLine(Line($"  {series.Name}{(series.IsRate ? " (rate per second)" : "")}: {j.Words}"));
            to.WriteLine(Line($"      peak {Short(j.Peak)}, steady {Short(j.SteadyState)}, slope {Short(j.SlopePerHour)} per hour (95 %: {Short(j.SlopeLow)} to {Short(j.SlopeHigh)}), Mann-Kendall p {(j.P < 0.0001 ? "below 0.0001" : Short(j.P))}, {series.Points.Count} samples{(j.PeriodSeconds is { } period ? Line($", a period of {period:0} s removed") : "")}"));
            if (series.Growth is { } fit)
            {
                to.WriteLine(Line($"      {fit.Words} over {series.GrowthOver} (95 %: a ±{Short(fit.AHalf)}, b ±{fit.BHalf:0.00}, c ±{Short(fit.CHalf)})"));
            }
        }

        if (report.Missed > 0)
        {
            to.WriteLine(Line($"  {report.Missed} scrapes of {report.Metrics} failed and are not included"));
        }
    }

    private static string Short(double value) =>
        Math.Abs(value) switch
        {
            >= 1e15 => "unbounded",
            >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
            >= 1 or 0 => value.ToString("0.##", CultureInfo.InvariantCulture),
            _ => value.ToString("0.###e0", CultureInfo.InvariantCulture),
        };

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
