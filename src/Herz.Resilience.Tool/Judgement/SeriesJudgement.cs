namespace Herz.Resilience.Tool.Judgement;

/// <summary>The judgement of one series.</summary>
internal sealed record SeriesJudgement
{
    /// <summary>The verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The kind of the best model.</summary>
    public required TrendKind Kind { get; init; }

    /// <summary>The maximum value.</summary>
    public double Peak { get; init; }

    /// <summary>Median of the last third, or of the values after the last jump.</summary>
    public double SteadyState { get; init; }

    /// <summary>Slope of the judged period per hour.</summary>
    public double SlopePerHour { get; init; }

    /// <summary>Lower end of its 95 % interval.</summary>
    public double SlopeLow { get; init; }

    /// <summary>Upper end of its 95 % interval.</summary>
    public double SlopeHigh { get; init; }

    /// <summary>Probability of this rise if there is no trend (Mann–Kendall, one-sided).</summary>
    public double P { get; init; }

    /// <summary>Period of the removed season in seconds, or null.</summary>
    public double? PeriodSeconds { get; init; }

    /// <summary>Additional sampling time that an undecided verdict needs.</summary>
    public double MoreMinutes { get; init; }

    /// <summary>The verdict as text: <c>converged</c>, <c>growing N per hour</c>, <c>undecided: needs M more minutes</c>.</summary>
    public string Words => Verdict switch
    {
        Verdict.Growing => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"growing {Short(SlopePerHour)} per hour"),
        Verdict.Undecided => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"undecided: needs {Math.Max(1, Math.Ceiling(MoreMinutes)):0} more minutes"),
        _ => "converged",
    };

    private static string Short(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "#,0" : "0.###", System.Globalization.CultureInfo.InvariantCulture);
}
