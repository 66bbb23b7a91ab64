namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>
/// The pure core: whether a series only grows. The lower envelope is judged, so that sawtooths and bursts do not count,
/// by the test of Mann (1945) and Kendall (1975) for whether it rises, and the slope of Theil (1950) and Sen (1968) for
/// how much. Growth that load explains, and growth that has ended, are no leaks.
/// </summary>
internal static class TrendDetector
{
    /// <summary>The fewest samples that are judged.</summary>
    public const int MinimumSamples = 40;

    private const int Blocks = 20;

    // One false alarm in about 20,000 judgements of a series without any trend.
    private const double Significance = 3.9;
    private const double LeastRelativeGrowth = 0.2;
    private const double ExplainedByLoad = 0.6;

    /// <param name="series">The samples, the oldest first.</param>
    /// <param name="load">Requests between the samples, as many.</param>
    /// <param name="leastGrowth">The growth over the series below which nothing is told.</param>
    /// <returns>The growth per sample, or null where there is no trend to tell.</returns>
    public static double? Growth(ReadOnlySpan<double> series, ReadOnlySpan<double> load, double leastGrowth)
    {
        if (series.Length < MinimumSamples || double.IsInfinity(leastGrowth))
        {
            return null;
        }

        var envelope = Fold(series, static (low, value) => Math.Min(low, value));
        var slope = Slope(envelope);
        var growth = slope * (Blocks - 1);
        if (growth < Math.Max(leastGrowth, LeastRelativeGrowth * Math.Max(1, envelope[0])) || Score(envelope) < Significance)
        {
            return null;
        }

        // A warm-up and a cache that has filled rise first and are level at the end.
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

    /// <summary>The standard score of the Mann–Kendall test: above zero where later values are larger.</summary>
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

    // Kendall's rank correlation of what is left of both when pairs are compared, by its form for series with ties (tau-b, 1945):
    // a counter that is looked up now and then rises in steps.
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

    // What load explains grows no faster than load does.
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
