namespace Herz.Resilience.Tool.Judgement;

/// <summary>
/// Judges whether a series converges. It removes the season, reduces the rest to batch means, chooses the best model (level, line,
/// jumps, saturation, wave), and tests the trend. The verdict is "growing" only if the line fits best, Mann–Kendall is
/// significant, and the second half grows as well.
/// </summary>
internal static class Judge
{
    private const int MaxBlocks = 32;
    private const int MinSamples = 20;

    // Maximum p-value for the verdict "growing".
    private const double MaxGrowingP = 0.0005;

    // Below this p-value, a series is not "converged" either.
    private const double MinConvergedP = 0.01;

    // A smaller change over the whole series, as a share of its level, is ignored.
    private const double SmallShare = 0.01;

    // The removal of a season is never complete; a smaller change, as a share of the season, may be its remainder.
    private const double SeasonRemainder = 0.25;

    /// <summary>Judges samples in time order.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="tolerancePerHour">Acceptable growth per hour; a slope whose interval is below it has converged.</param>
    public static SeriesJudgement Of(IReadOnlyList<Sample> samples, double tolerancePerHour = 0)
    {
        if (samples.Count < MinSamples)
        {
            return TooShort(samples);
        }

        var period = Season.FindPeriod(samples);
        var steady = period is { } p ? Season.Remove(samples, p) : samples;
        var removed = period is null ? 0 : Math.Sqrt(steady.Zip(samples, (a, b) => (a.Value - b.Value) * (a.Value - b.Value)).Average());
        var judgement = OfSteady(steady, mayJump: true, removed, tolerancePerHour);
        return judgement with
        {
            Peak = samples.Max(s => s.Value),
            PeriodSeconds = period * (samples[^1].Seconds - samples[0].Seconds) / (samples.Count - 1),
        };
    }

    private static SeriesJudgement OfSteady(IReadOnlyList<Sample> samples, bool mayJump, double removed, double tolerancePerHour)
    {
        var blocks = Blocks.Of(samples, MaxBlocks);
        var trend = Trend.Of(blocks);
        var facts = new Facts(samples, blocks, trend, Steady(samples), Noise(samples, trend.Slope.Slope), removed, tolerancePerHour);
        if (blocks.Max(b => b.Value) - blocks.Min(b => b.Value) <= SmallShare * Math.Abs(facts.Steady) || (tolerancePerHour > 0 && trend.Slope.High * 3600 <= tolerancePerHour))
        {
            // The change is too small to matter for any model.
            return facts.Conclude(Verdict.Converged, TrendKind.Constant);
        }

        var models = TrendModels.Fit(blocks).Where(m => (mayJump || m.Kind != TrendKind.Steps) && (removed == 0 || m.Kind != TrendKind.Wave)).ToArray();
        return models[0].Kind switch
        {
            TrendKind.Linear => OfLine(facts),
            TrendKind.Steps => OfJumps(facts, models),
            TrendKind.Saturating => OfSaturation(facts, models),
            TrendKind.Wave => OfWave(facts, models[0]),
            _ => OfLevel(facts),
        };
    }

    private static SeriesJudgement OfLine(Facts facts)
    {
        if (facts.Trend.P >= MaxGrowingP || facts.Trend.Slope.Low <= 0)
        {
            return facts.Trend.Slope.High < 0 ? facts.Conclude(Verdict.Converged, TrendKind.Linear) : OfLevel(facts);
        }

        if (facts.Trend.Slope.Slope * facts.Seconds < Math.Max(SmallShare * Math.Abs(facts.Steady), SeasonRemainder * facts.Removed))
        {
            return facts.Conclude(Verdict.Converged, TrendKind.Constant);
        }

        if (facts.Trend.Slope.Low * 3600 < facts.TolerancePerHour)
        {
            // The growth may be below the tolerance.
            return facts.Conclude(Verdict.Undecided, TrendKind.Linear, facts.Seconds / 60);
        }

        var second = Trend.Of(facts.Blocks.AsSpan(facts.Blocks.Length / 2).ToArray());
        return second.Slope.High >= facts.Trend.Slope.Slope / 2
            ? facts.Conclude(Verdict.Growing, TrendKind.Linear)
            : facts.Conclude(Verdict.Undecided, TrendKind.Linear, facts.Seconds / 60);
    }

    private static SeriesJudgement OfLevel(Facts facts)
    {
        // Growth that the slope interval allows, compared with growth that matters.
        var hidden = Math.Max(0, facts.Trend.Slope.High) * facts.Seconds;
        var matters = Math.Max(2 * SmallShare * Math.Abs(facts.Steady), Math.Max(1.5 * facts.Noise, SeasonRemainder * facts.Removed));
        var isSuspect = facts.Trend.P < MinConvergedP && facts.Trend.Slope.Slope * facts.Seconds > SeasonRemainder * facts.Removed;
        if (hidden <= SmallShare * Math.Abs(facts.Steady) || (hidden <= matters && !isSuspect))
        {
            return facts.Conclude(Verdict.Converged, TrendKind.Constant);
        }

        // The interval narrows with the square root of the number of samples.
        var more = Math.Clamp(Math.Pow(hidden / matters, 2) - 1, 0.25, 10) * facts.Seconds;
        return facts.Conclude(Verdict.Undecided, TrendKind.Constant, more / 60);
    }

    private static SeriesJudgement OfJumps(Facts facts, TrendModel[] models)
    {
        var line = models.First(m => m.Kind == TrendKind.Linear);
        if (line.Bic - models[0].Bic < 4 && facts.Trend.P < MaxGrowingP && facts.Trend.Slope.Low > 0)
        {
            // The series is too short to distinguish jumps from a slope.
            return facts.Conclude(Verdict.Undecided, TrendKind.Steps, facts.Seconds / 60);
        }

        var begin = facts.Samples[0].Seconds + models[0].Parameter;
        var after = facts.Samples.Where(s => s.Seconds >= begin).ToArray();
        var needed = Math.Max(MinSamples, facts.Samples.Count / 5);
        if (after.Length < needed)
        {
            // At the ends of the series, the remainder of a removed season looks like a jump.
            return facts.Removed > 0
                ? OfLevel(facts)
                : facts.Conclude(Verdict.Undecided, TrendKind.Steps, (needed - after.Length) * facts.Seconds / facts.Samples.Count / 60);
        }

        return OfSteady(after, mayJump: false, facts.Removed, facts.TolerancePerHour) with { Kind = TrendKind.Steps };
    }

    private static SeriesJudgement OfSaturation(Facts facts, TrendModel[] models)
    {
        var curve = models[0];
        var line = models.First(m => m.Kind == TrendKind.Linear);
        if (line.Bic - curve.Bic < 6)
        {
            return OfLine(facts);
        }

        var left = curve.Amplitude * Math.Exp(-facts.Seconds / curve.Parameter);
        var matters = Math.Max(2 * SmallShare * Math.Abs(facts.Steady), facts.NoiseWithinBlocks / 2);
        if (curve.Amplitude <= 0 || left <= matters)
        {
            return facts.Conclude(Verdict.Converged, TrendKind.Saturating);
        }

        return facts.Conclude(Verdict.Undecided, TrendKind.Saturating, curve.Parameter * Math.Log(left / matters) / 60);
    }

    private static SeriesJudgement OfWave(Facts facts, TrendModel wave) =>
        facts.Conclude(Verdict.Undecided, TrendKind.Wave, Math.Max(60, (2.25 * wave.Parameter) - facts.Seconds) / 60);

    private static SeriesJudgement TooShort(IReadOnlyList<Sample> samples)
    {
        var step = samples.Count < 2 ? 5 : (samples[^1].Seconds - samples[0].Seconds) / (samples.Count - 1);
        return new SeriesJudgement
        {
            Verdict = Verdict.Undecided,
            Kind = TrendKind.Constant,
            Peak = samples.Count == 0 ? 0 : samples.Max(s => s.Value),
            SteadyState = samples.Count == 0 ? 0 : Steady(samples),
            P = 1,
            MoreMinutes = (MinSamples - samples.Count) * step / 60,
        };
    }

    private static double Steady(IReadOnlyList<Sample> samples)
    {
        var last = samples.Skip(samples.Count * 2 / 3).Select(s => s.Value).Order().ToArray();
        return last[last.Length / 2];
    }

    /// <summary>Standard deviation of the samples around their line.</summary>
    private static double Noise(IReadOnlyList<Sample> samples, double slope)
    {
        var rest = samples.Select(s => s.Value - (slope * s.Seconds)).ToArray();
        var mean = rest.Average();
        return Math.Sqrt(rest.Average(r => (r - mean) * (r - mean)));
    }

    private sealed record Facts(IReadOnlyList<Sample> Samples, Sample[] Blocks, Trend Trend, double Steady, double Noise, double Removed, double TolerancePerHour)
    {
        /// <summary>Noise without the curve, estimated from consecutive samples.</summary>
        public double NoiseWithinBlocks => Math.Sqrt(Samples.Zip(Samples.Skip(1), (a, b) => (b.Value - a.Value) * (b.Value - a.Value)).Average() / 2);

        public double Seconds => Samples[^1].Seconds - Samples[0].Seconds;

        public SeriesJudgement Conclude(Verdict verdict, TrendKind kind, double moreMinutes = 0) => new()
        {
            Verdict = verdict,
            Kind = kind,
            SteadyState = Steady,
            SlopePerHour = Trend.Slope.Slope * 3600,
            SlopeLow = Trend.Slope.Low * 3600,
            SlopeHigh = Trend.Slope.High * 3600,
            P = Trend.P,
            MoreMinutes = moreMinutes,
        };
    }
}
