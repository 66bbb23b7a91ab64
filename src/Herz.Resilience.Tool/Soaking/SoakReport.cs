using Herz.Resilience.Tool.Judgement;

namespace Herz.Resilience.Tool.Soaking;

/// <summary>The judgement of the sampled series.</summary>
internal sealed record SoakReport
{
    /// <summary>The endpoint.</summary>
    public required string Metrics { get; init; }

    /// <summary>Interval between two samples, in seconds.</summary>
    public double SampleSeconds { get; init; }

    /// <summary>Number of failed scrapes.</summary>
    public int Missed { get; init; }

    /// <summary>Each series with its judgement.</summary>
    public IReadOnlyList<SeriesReport> Series { get; init; } = [];

    /// <summary>Requested series that no scrape contained.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>The worst verdict of all series, in the order growing, undecided, converged.</summary>
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

    /// <summary>Triples of seconds, value, and load (x of the growth curve).</summary>
    public required IReadOnlyList<double[]> Points { get; init; }

    /// <summary>Its judgement.</summary>
    public required SeriesJudgement Judgement { get; init; }

    /// <summary>The growth curve y = a·x^b + c, or null if x or y is constant.</summary>
    public PowerFit? Growth { get; init; }

    /// <summary>Meaning of x of the growth curve.</summary>
    public string GrowthOver { get; init; } = "";
}
