using MathNet.Numerics.Distributions;

namespace Herz.Resilience.Tool.Judgement;

/// <summary>
/// The test for a monotone trend by Mann (1945) and Kendall (1975), with ties, and with the variance correction for
/// autocorrelation by Hamed and Rao (J. Hydrology 204, 1998).
/// </summary>
internal readonly record struct MannKendall
{
    private MannKendall(double score, double deviation, double z)
    {
        Score = score;
        Deviation = deviation;
        Z = z;
    }

    /// <summary>Number of rising pairs minus number of falling pairs.</summary>
    public double Score { get; }

    /// <summary>Standard deviation of the score if there is no trend.</summary>
    public double Deviation { get; }

    /// <summary>The score as a standard normal value; positive for a rising trend.</summary>
    public double Z { get; }

    /// <summary>Probability of this rise if there is no trend (one-sided).</summary>
    public double PRising => 1 - Normal.CDF(0, 1, Z);

    /// <summary>Tests values in time order.</summary>
    public static MannKendall Test(ReadOnlySpan<double> values)
    {
        var n = values.Length;
        if (n < 3)
        {
            return new MannKendall(0, 0, 0);
        }

        var score = 0;
        for (var i = 0; i < n - 1; i++)
        {
            for (var j = i + 1; j < n; j++)
            {
                score += Math.Sign(values[j] - values[i]);
            }
        }

        var variance = (n * (n - 1.0) * ((2 * n) + 5) / 18) - TieTerm(values);
        variance *= CorrelationFactor(values);
        var deviation = Math.Sqrt(Math.Max(0, variance));
        var z = deviation == 0 ? 0 : (score - Math.Sign(score)) / deviation;
        return new MannKendall(score, deviation, z);
    }

    private static double TieTerm(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var term = 0.0;
        for (var i = 0; i < sorted.Length;)
        {
            var end = i + 1;
            while (end < sorted.Length && sorted[end] == sorted[i])
            {
                end++;
            }

            double same = end - i;
            term += same * (same - 1) * ((2 * same) + 5) / 18;
            i = end;
        }

        return term;
    }

    private static double CorrelationFactor(ReadOnlySpan<double> values)
    {
        double n = values.Length;
        var ranks = Ranks(Detrend(values));
        var mean = ranks.Average();
        var power = ranks.Sum(r => (r - mean) * (r - mean));
        if (power == 0)
        {
            return 1;
        }

        var sum = 0.0;
        for (var lag = 1; lag <= values.Length / 4; lag++)
        {
            var covariance = 0.0;
            for (var i = 0; i + lag < ranks.Length; i++)
            {
                covariance += (ranks[i] - mean) * (ranks[i + lag] - mean);
            }

            var correlation = covariance / power;
            // Insignificant correlations are ignored, as in the paper.
            if (Math.Abs(correlation) < 1.96 / Math.Sqrt(n))
            {
                continue;
            }

            sum += (n - lag) * (n - lag - 1) * (n - lag - 2) * correlation;
        }

        // Negative correlation would reduce the variance; ignoring it is the conservative choice.
        return Math.Max(1, 1 + (2 / (n * (n - 1) * (n - 2)) * sum));
    }

    private static double[] Detrend(ReadOnlySpan<double> values)
    {
        var slope = TheilSen.SlopeOf(values);
        var rest = values.ToArray();
        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] -= slope * i;
        }

        return rest;
    }

    private static double[] Ranks(double[] values)
    {
        var order = Enumerable.Range(0, values.Length).ToArray();
        Array.Sort([.. values], order);
        var ranks = new double[values.Length];
        for (var i = 0; i < order.Length;)
        {
            var end = i + 1;
            while (end < order.Length && values[order[end]] == values[order[i]])
            {
                end++;
            }

            for (var same = i; same < end; same++)
            {
                ranks[order[same]] = (i + end - 1) / 2.0;
            }

            i = end;
        }

        return ranks;
    }
}
