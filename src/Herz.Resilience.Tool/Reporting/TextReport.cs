using System.Globalization;
using Herz.Resilience.Tool.Thresholds;

namespace Herz.Resilience.Tool.Reporting;

/// <summary>Writes a report as text.</summary>
internal static class TextReport
{
    /// <summary>Writes the figures of a run.</summary>
    public static void Write(TextWriter to, RunReport report)
    {
        to.WriteLine(report.BrokenOff
            ? Line($"{report.Target}, {report.Shape}: broken off after {report.Seconds:0.#} s; results so far:")
            : Line($"{report.Target}, {report.Shape}, {report.Seconds:0.###} s"));
        to.WriteLine(Line($"  requests   {report.Requests} ({report.RatePerSecond:0.#}/s), ok {report.Ok}, refused {report.Refused}, failed {report.Failed} (errors {report.ErrorShare * 100:0.###} %)"));
        to.WriteLine(Line($"  goodput    {report.GoodputPerSecond:0.#}/s{(report.SloMs is { } slo ? Line($" within {slo:0.###} ms") : "")}"));
        to.WriteLine("  latency    " + Format(report.Latency) + ", from the intended start");
        if (report.Ok > 0 && report.Ok < report.Requests)
        {
            to.WriteLine("  of the ok  " + Format(report.OkLatency));
        }

        to.WriteLine(Line($"  schedule   error p50 {report.ScheduleError.P50:0.###} ms, p99 {report.ScheduleError.P99:0.###} ms, max {report.ScheduleError.Max:0.###} ms; generator {report.BusyShare * 100:0} % busy; at most {report.PeakPending} pending"));
        if (report.BusyShare > 0.95)
        {
            to.WriteLine("  CAUTION    the generator was overloaded, so the latencies include its delay; lower the rate or give it more CPU");
        }

        if (report.HeldBack > 0)
        {
            to.WriteLine(Line($"  held back  {report.HeldBack} requests waited for a connection (see --connections); their latency includes the wait"));
        }

        WriteCounts(to, report);
        foreach (var template in report.Templates)
        {
            to.WriteLine(Line($"  {template.Name}: {template.Requests} requests, ok {template.Ok}, good {template.Good}, refused {template.Refused}; {Format(template.Latency)}"));
        }
    }

    /// <summary>Writes the thresholds with their measured values, missed ones first.</summary>
    public static void Write(TextWriter to, IEnumerable<ThresholdVerdict> verdicts)
    {
        foreach (var verdict in verdicts.OrderBy(v => v.Kept))
        {
            to.WriteLine($"  {(verdict.Kept ? "kept  " : "MISSED")}     {verdict.Threshold} (measured {verdict.Figure})");
        }
    }

    private static void WriteCounts(TextWriter to, RunReport report)
    {
        if (report.Statuses.Count > 0)
        {
            to.WriteLine("  statuses   " + string.Join(", ", report.Statuses.Select(s => $"{s.Key}: {s.Value}")));
        }

        if (report.Refusals.Count > 0)
        {
            to.WriteLine("  refusals   " + string.Join(", ", report.Refusals.Select(r => $"{r.Status} {r.Type}: {r.Count}")));
        }

        if (report.Failures.Count > 0)
        {
            to.WriteLine("  no answer  " + string.Join(", ", report.Failures.Select(f => $"{f.Key}: {f.Value}")));
        }
    }

    private static string Format(LatencyFigures l) =>
        Line($"p50 {l.P50:0.###}, p90 {l.P90:0.###}, p95 {l.P95:0.###}, p99 {l.P99:0.###}, p99.9 {l.P999:0.###}, max {l.Max:0.###} ms");

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
