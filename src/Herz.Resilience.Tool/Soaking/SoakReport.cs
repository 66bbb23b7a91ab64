using Herz.Resilience.Tool.Judgement;

namespace Herz.Resilience.Tool.Soaking;

/// <summary>What became of the watched series.</summary>
internal sealed record SoakReport
{
    /// <summary>The endpoint.</summary>
    public required string Metrics { get; init; }

    /// <summary>Time between two samples in seconds.</summary>
    public double SampleSeconds { get; init; }

    /// <summary>Scrapes that failed.</summary>
    public int Missed { get; init; }

    /// <summary>Each series with its judgement.</summary>
    public IReadOnlyList<SeriesReport> Series { get; init; } = [];

    /// <summary>Series that were asked for and never seen.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>The worst verdict among the series: one that grows outweighs one that is undecided.</summary>
    public Verdict Verdict =>
        Series.Any(s => s.Judgement.Verdict == Verdict.Growing) ? Verdict.Growing
        : Series.Count == 0 || Series.Any(s => s.Judgement.Verdict == Verdict.Undecided) ? Verdict.Undecided
        : Verdict.Converged;
}

/// <summary>One series with its judgement.</summary>
internal sealed record SeriesReport
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the values are the rate per second of a counter.</summary>
    public bool IsRate { get; init; }

    /// <summary>Triples of seconds, value, and the load that the growth curve is fitted over.</summary>
    public required IReadOnlyList<double[]> Points { get; init; }

    /// <summary>What becomes of it.</summary>
    public required SeriesJudgement Judgement { get; init; }

    /// <summary>The growth curve y = a·x^b + c, or null where x or y stands still.</summary>
    public PowerFit? Growth { get; init; }

    /// <summary>What x of the growth curve is.</summary>
    public string GrowthOver { get; init; } = "";
}
