using System.Globalization;
using Herz.Resilience.Tool.Judgement;
using Herz.Resilience.Tool.Reporting;
using Herz.Resilience.Tool.Soaking;

namespace Herz.Resilience.Tool.Comparing;

/// <summary>The comparison of two runs.</summary>
internal sealed class Comparison
{
    private const int Drawings = 1000;
    private const int MinSlices = 5;

    // The intervals do not include the variation between runs, so a smaller difference is ignored.
    private const double MinDifference = 0.02;

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

    /// <summary>The differences by figure.</summary>
    public IReadOnlyList<Difference> Differences { get; }

    /// <summary>Series that both runs sampled.</summary>
    public IReadOnlyList<(SeriesReport A, SeriesReport B)> Series { get; }

    /// <summary>Whether the second run is significantly worse in any figure or series.</summary>
    public bool IsWorse => Differences.Any(d => d.Effect == Effect.Worse)
        || Series.Any(s => s.B.Judgement.Verdict == Verdict.Growing && s.A.Judgement.Verdict != Verdict.Growing);

    /// <summary>The verdict as a sentence.</summary>
    public string Sentence
    {
        get
        {
            var parts = Differences.Where(d => d.Effect != Effect.None).Select(Describe).Concat(Series.Select(Describe).OfType<string>()).ToArray();
            var better = Differences.Any(d => d.Effect == Effect.Better)
                || Series.Any(s => s.A.Judgement.Verdict == Verdict.Growing && s.B.Judgement.Verdict == Verdict.Converged);
            var word = (better, IsWorse) switch { (true, true) => "B is better in some figures and worse in others", (true, false) => "B is better", (false, true) => "B is worse", _ => "the runs show no difference" };
            return parts.Length == 0 ? word + "." : $"{word}: {string.Join("; ", parts)}.";
        }
    }

    /// <summary>Compares two runs.</summary>
    public static Comparison Of(RunReport a, RunReport b)
    {
        var (first, second) = (new Bootstrap(a.Timeline), new Bootstrap(b.Timeline));
        var (seen, other) = (first.Observed(), second.Observed());
        var random = new Random(1);
        var drawings = a.Timeline.Count < MinSlices || b.Timeline.Count < MinSlices
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
        var effect = low > neutral + MinDifference ? (moreIsBetter ? Effect.Better : Effect.Worse)
            : high < neutral - MinDifference ? (moreIsBetter ? Effect.Worse : Effect.Better)
            : Effect.None;
        return new Difference(name, unit, a, b, value, low, high, effect);
    }

    private static string Describe(Difference d) => d.Name == "errors"
        ? string.Create(CultureInfo.InvariantCulture, $"errors change from {d.A:0.##} % to {d.B:0.##} %")
        : string.Create(CultureInfo.InvariantCulture, $"{d.Name} of B is {d.Ratio:0.00} times that of A ({d.Low:0.00} to {d.High:0.00})");

    private static string? Describe((SeriesReport A, SeriesReport B) series)
    {
        var (a, b) = (series.A.Judgement, series.B.Judgement);
        return a.Verdict == Verdict.Converged && b.Verdict == Verdict.Converged
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{series.A.Name} in A: {a.Words}, peak {a.Peak:0.##}; in B: {b.Words}, peak {b.Peak:0.##}, {b.SteadyState:0.##} at the end");
    }
}
