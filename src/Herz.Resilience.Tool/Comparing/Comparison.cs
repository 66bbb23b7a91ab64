using System.Globalization;
using Herz.Resilience.Tool.Judgement;
using Herz.Resilience.Tool.Reporting;
using Herz.Resilience.Tool.Soaking;

namespace Herz.Resilience.Tool.Comparing;

/// <summary>Two runs side by side.</summary>
internal sealed class Comparison
{
    private const int Drawings = 1000;
    private const int FewestSlices = 5;

    // Intervals from the slices of one run do not know how runs differ from each other; below this a difference is no finding.
    private const double Smallest = 0.02;

    private Comparison(RunReport a, RunReport b, IReadOnlyList<Difference> differences)
    {
        A = a;
        B = b;
        Differences = differences;
        Series = [.. (a.Soak?.Series ?? []).Join(b.Soak?.Series ?? [], s => s.Name, s => s.Name, (x, y) => (x, y))];
    }

    /// <summary>The first run.</summary>
    public RunReport A { get; }

    /// <summary>The second run.</summary>
    public RunReport B { get; }

    /// <summary>Figure by figure.</summary>
    public IReadOnlyList<Difference> Differences { get; }

    /// <summary>Series that both runs watched.</summary>
    public IReadOnlyList<(SeriesReport A, SeriesReport B)> Series { get; }

    /// <summary>Whether the second run is worse in anything that the runs can tell.</summary>
    public bool IsWorse => Differences.Any(d => d.Effect == Effect.Worse)
        || Series.Any(s => s.B.Judgement.Verdict == Verdict.Growing && s.A.Judgement.Verdict != Verdict.Growing);

    /// <summary>The verdict in a sentence.</summary>
    public string Sentence
    {
        get
        {
            var parts = Differences.Where(d => d.Effect != Effect.None).Select(Say).Concat(Series.Select(Say).OfType<string>()).ToArray();
            var better = Differences.Any(d => d.Effect == Effect.Better)
                || Series.Any(s => s.A.Judgement.Verdict == Verdict.Growing && s.B.Judgement.Verdict == Verdict.Converged);
            var word = (better, IsWorse) switch { (true, true) => "B is better in some and worse in other things", (true, false) => "B is better", (false, true) => "B is worse", _ => "the runs show no difference" };
            return parts.Length == 0 ? word + "." : $"{word}: {string.Join("; ", parts)}.";
        }
    }

    /// <summary>Compares two runs.</summary>
    public static Comparison Of(RunReport a, RunReport b)
    {
        var (first, second) = (new Bootstrap(a.Timeline), new Bootstrap(b.Timeline));
        var (seen, other) = (first.Observed(), second.Observed());
        var random = new Random(1);
        var drawings = a.Timeline.Count < FewestSlices || b.Timeline.Count < FewestSlices
            ? []
            : Enumerable.Range(0, Drawings).Select(_ => (A: first.Draw(random), B: second.Draw(random))).ToArray();

        Difference Ratio(string name, string unit, Func<Figures, double> figure, bool moreIsBetter, double trueA, double trueB) =>
            Judge(name, unit, trueA, trueB, figure(seen) > 0 ? figure(other) / figure(seen) : double.NaN,
                [.. drawings.Where(d => figure(d.A) > 0).Select(d => figure(d.B) / figure(d.A))], neutral: 1, moreIsBetter);

        return new Comparison(a, b,
        [
            Ratio("goodput", "/s", f => f.Goodput, moreIsBetter: true, a.GoodputPerSecond, b.GoodputPerSecond),
            Ratio("p50", "ms", f => f.P50, moreIsBetter: false, a.Latency.P50, b.Latency.P50),
            Ratio("p95", "ms", f => f.P95, moreIsBetter: false, a.Latency.P95, b.Latency.P95),
            Ratio("p99", "ms", f => f.P99, moreIsBetter: false, a.Latency.P99, b.Latency.P99),
            Judge("errors", "%", a.ErrorShare * 100, b.ErrorShare * 100, (b.ErrorShare - a.ErrorShare) * 100,
                [.. drawings.Select(d => (d.B.ErrorShare - d.A.ErrorShare) * 100)], neutral: 0, moreIsBetter: false),
        ]);
    }

    private static Difference Judge(string name, string unit, double a, double b, double value, double[] drawn, double neutral, bool moreIsBetter)
    {
        if (drawn.Length < Drawings / 2)
        {
            return new Difference(name, unit, a, b, value, double.NegativeInfinity, double.PositiveInfinity, Effect.None);
        }

        Array.Sort(drawn);
        var (low, high) = (drawn[drawn.Length / 40], drawn[^((drawn.Length / 40) + 1)]);
        var effect = low > neutral + Smallest ? (moreIsBetter ? Effect.Better : Effect.Worse)
            : high < neutral - Smallest ? (moreIsBetter ? Effect.Worse : Effect.Better)
            : Effect.None;
        return new Difference(name, unit, a, b, value, low, high, effect);
    }

    private static string Say(Difference d) => d.Name == "errors"
        ? string.Create(CultureInfo.InvariantCulture, $"errors {d.A:0.##} % become {d.B:0.##} %")
        : string.Create(CultureInfo.InvariantCulture, $"{d.Name} is {d.Ratio:0.00} times A's ({d.Low:0.00} to {d.High:0.00})");

    private static string? Say((SeriesReport A, SeriesReport B) series)
    {
        var (a, b) = (series.A.Judgement, series.B.Judgement);
        return a.Verdict == Verdict.Converged && b.Verdict == Verdict.Converged
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{series.A.Name}, {a.Words} with a peak of {a.Peak:0.##} in A, is {b.Words} with a peak of {b.Peak:0.##} and {b.SteadyState:0.##} at the end in B");
    }
}
