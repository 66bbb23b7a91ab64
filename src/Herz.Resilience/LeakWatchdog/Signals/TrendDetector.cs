namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>
/// The pure core: detects whether a series keeps growing. It analyzes the lower envelope, so that sawtooths and bursts do not count.
/// The test of Mann (1945) and Kendall (1975) detects a rise; the slope of Theil (1950) and Sen (1968) measures it. Growth that the load
/// explains, and growth that has ended, are not leaks.
/// </summary>
internal static class TrendDetector
{
    /// <summary>The smallest number of samples that is analyzed.</summary>
    public const int MinimumSamples = 40;

    private const int Blocks = 20;

    // One false alarm in about 20,000 analyses of a series without a trend.
    private const double Significance = 3.9;
    private const double MinRelativeGrowth = 0.2;
    private const double ExplainedByLoad = 0.6;

    /// <param name="series">The samples, oldest first.</param>
    /// <param name="load">The load at each sample; the same length.</param>
    /// <param name="minGrowth">The smallest growth over the series that counts as a trend.</param>
    /// <returns>The growth per sample, or null if there is no trend.</returns>
    public static double? Growth(ReadOnlySpan<double> series, ReadOnlySpan<double> load, double minGrowth)
    {
        if (series.Length < MinimumSamples || double.IsInfinity(minGrowth))
        {
            return null;
        }

        var envelope = Fold(series, static (low, value) => Math.Min(low, value));
        var slope = Slope(envelope);
        var growth = slope * (Blocks - 1);
        if (growth < Math.Max(minGrowth, MinRelativeGrowth * Math.Max(1, envelope[0])) || Score(envelope) < Significance)
        {
            return null;
        }

        // A warm-up or a filling cache rises first and is level at the end.
        var recent = Slope(envelope.AsSpan(Blocks / 2));
        if (recent < slope / 3)
        {
            return null;
        }

        var busy = Fold(load, static (sum, value) => sum + value);
        return Score(busy) >= Significance && Correlation(envelope, busy) >= ExplainedByLoad && !OutgrowsLoad(envelope, busy)
            ? null
            : slope * Blocks / series.Length;
    }

    /// <summary>The standard score of the Mann–Kendall test: above zero if later values are larger.</summary>
    public static double Score(ReadOnlySpan<double> values)
    {
        var sum = 0;
        for (var i = 0; i < values.Length; i++)
        {
            for (var j = i + 1; j < values.Length; j++)
            {
                sum += Math.Sign(values[j] - values[i]);
            }
        }

        var n = values.Length;
        var deviation = Math.Sqrt(n * (n - 1.0) * ((2 * n) + 5) / 18);
        return sum == 0 ? 0 : (sum - Math.Sign(sum)) / deviation;
    }

    /// <summary>The Theil–Sen slope: the median of the slopes between all pairs.</summary>
    public static double Slope(ReadOnlySpan<double> values)
    {
        var slopes = new double[values.Length * (values.Length - 1) / 2];
        var next = 0;
        for (var i = 0; i < values.Length; i++)
        {
            for (var j = i + 1; j < values.Length; j++)
            {
                slopes[next++] = (values[j] - values[i]) / (j - i);
            }
        }

        Array.Sort(slopes);
        return slopes.Length == 0 ? 0 : (slopes[(slopes.Length - 1) / 2] + slopes[slopes.Length / 2]) / 2;
    }

    // Kendall's rank correlation in the form for series with ties (tau-b, 1945): a counter that is read only now and then rises in steps.
    private static double Correlation(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var (sum, ofA, ofB) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            for (var j = i + 1; j < a.Length; j++)
            {
                var (inA, inB) = (Math.Sign(a[j] - a[i]), Math.Sign(b[j] - b[i]));
                sum += inA * inB;
                ofA += inA * inA;
                ofB += inB * inB;
            }
        }

        return sum == 0 ? 0 : sum / Math.Sqrt(ofA * ofB);
    }

    // Growth that the load explains is not faster than the load.
    private static bool OutgrowsLoad(ReadOnlySpan<double> envelope, ReadOnlySpan<double> busy) =>
        Ratio(envelope) > 1.5 * Math.Max(1, Ratio(busy));

    private static double Ratio(ReadOnlySpan<double> values) => Mean(values[^4..]) / Math.Max(1, Mean(values[..4]));

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0d;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private static double[] Fold(ReadOnlySpan<double> values, Func<double, double, double> fold)
    {
        var blocks = new double[Blocks];
        for (var block = 0; block < Blocks; block++)
        {
            var begin = block * values.Length / Blocks;
            var end = (block + 1) * values.Length / Blocks;
            var result = values[begin];
            for (var index = begin + 1; index < end; index++)
            {
                result = fold(result, values[index]);
            }

            blocks[block] = result;
        }

        return blocks;
    }
}
