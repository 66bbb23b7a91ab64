namespace Herz.Resilience.Tool.Judgement;

/// <summary>
/// The median of the slopes of all pairs (Theil 1950, Sen 1968), which is robust against outliers, with Sen's interval from the
/// ranks of these slopes.
/// </summary>
/// <param name="Slope">Slope per second.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
internal readonly record struct TheilSen(double Slope, double Low, double High)
{
    /// <summary>Estimates the slope.</summary>
    /// <param name="samples">Samples in time order.</param>
    /// <param name="deviation">Standard deviation of the Mann–Kendall score of the same samples.</param>
    /// <param name="quantile">Two-sided normal quantile of the interval, 1.96 for 95 %.</param>
    public static TheilSen Estimate(IReadOnlyList<Sample> samples, double deviation, double quantile = 1.96)
    {
        var slopes = new List<double>(samples.Count * (samples.Count - 1) / 2);
        for (var i = 0; i < samples.Count - 1; i++)
        {
            for (var j = i + 1; j < samples.Count; j++)
            {
                if (samples[j].Seconds > samples[i].Seconds)
                {
                    slopes.Add((samples[j].Value - samples[i].Value) / (samples[j].Seconds - samples[i].Seconds));
                }
            }
        }

        if (slopes.Count == 0)
        {
            return default;
        }

        slopes.Sort();
        var half = quantile * deviation / 2;
        var low = (int)Math.Floor((slopes.Count / 2.0) - half);
        var high = (int)Math.Ceiling((slopes.Count / 2.0) + half);
        return new TheilSen(Median(slopes), slopes[Math.Clamp(low, 0, slopes.Count - 1)], slopes[Math.Clamp(high, 0, slopes.Count - 1)]);
    }

    /// <summary>The slope per step of evenly spaced values.</summary>
    public static double SlopeOf(ReadOnlySpan<double> values)
    {
        var samples = new Sample[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            samples[i] = new Sample(i, values[i]);
        }

        return Estimate(samples, 0).Slope;
    }

    private static double Median(List<double> sorted)
    {
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
