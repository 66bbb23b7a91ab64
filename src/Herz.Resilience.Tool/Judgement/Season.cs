namespace Herz.Resilience.Tool.Judgement;

/// <summary>
/// Finds and removes the repeating component of a series, such as the sawtooth of garbage collections or a daily wave. Trend and
/// season are fitted alternately until they converge (backfitting, Buja et al. 1989).
/// </summary>
internal static class Season
{
    private const int MinCycles = 2;
    private const int MinPeriod = 4;
    private const int MaxPhases = 24;
    private const int Iterations = 20;
    private const int MaxBlocksForJumps = 48;

    // Minimum share of the variance around the trend that must repeat.
    private const double MinShare = 0.5;

    /// <summary>The period in samples, or null if no component repeats clearly at least twice.</summary>
    public static double? FindPeriod(IReadOnlyList<Sample> samples)
    {
        var n = samples.Count;
        if (n < MinCycles * MinPeriod * 2)
        {
            return null;
        }

        var rest = Detrended(samples);
        var power = rest.Sum(v => v * v);
        if (power <= 1e-12 * samples.Sum(s => s.Value * s.Value))
        {
            return null;
        }

        var best = (Share: 0.0, Period: 0.0);
        foreach (var lag in Peaks(rest, power))
        {
            // The lag is a whole number of samples; the period need not be.
            for (var period = Math.Max(MinPeriod, lag - 1.0); period <= lag + 1.0; period += Math.Max(0.02, lag / 100.0))
            {
                if (n / period < MinCycles)
                {
                    break;
                }

                var share = 1 - (Remove(samples, period, out var fitted).Zip(fitted, (s, f) => (s.Value - f) * (s.Value - f)).Sum() / power);
                // A multiple of the true period also fits noise, so it must explain clearly more.
                if (share > best.Share + (best.Period > 0 && period > 1.5 * best.Period ? 0.08 : 0))
                {
                    best = (share, period);
                }
            }
        }

        var free = Phases(best.Period) / (double)n;
        return best.Share - free > Math.Max(MinShare, ShareOfJumps(samples, power)) ? best.Period : null;
    }

    /// <summary>The series without its season.</summary>
    public static Sample[] Remove(IReadOnlyList<Sample> samples, double period) => Remove(samples, period, out _);

    /// <summary>Share of the variance around the straight line that one or two jumps explain.</summary>
    private static double ShareOfJumps(IReadOnlyList<Sample> samples, double power)
    {
        var blocks = Blocks.Of(samples, MaxBlocksForJumps);
        return 1 - (TrendModels.MinMisfitOfJumps([.. blocks.Select(b => b.Value)]) * samples.Count / blocks.Length / power);
    }

    private static Sample[] Remove(IReadOnlyList<Sample> samples, double period, out double[] trend)
    {
        var n = samples.Count;
        var phases = Phases(period);
        var season = new double[phases];
        var counts = new int[phases];
        var phase = new int[n];
        for (var i = 0; i < n; i++)
        {
            phase[i] = Math.Min(phases - 1, (int)(i / period % 1 * phases));
            counts[phase[i]]++;
        }

        trend = new double[n];
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            trend = Line(i => samples[i].Value - season[phase[i]], n);
            Array.Clear(season);
            for (var i = 0; i < n; i++)
            {
                season[phase[i]] += (samples[i].Value - trend[i]) / counts[phase[i]];
            }

            var mean = season.Average();
            for (var p = 0; p < phases; p++)
            {
                season[p] -= mean;
            }
        }

        return [.. samples.Select((s, i) => s with { Value = s.Value - season[phase[i]] })];
    }

    private static int Phases(double period) => Math.Clamp((int)Math.Round(period), 2, MaxPhases);

    private static double[] Detrended(IReadOnlyList<Sample> samples)
    {
        var line = Line(i => samples[i].Value, samples.Count);
        return [.. samples.Select((s, i) => s.Value - line[i])];
    }

    private static double[] Line(Func<int, double> value, int n)
    {
        var middle = (n - 1) / 2.0;
        double mean = 0, cross = 0, square = 0;
        for (var i = 0; i < n; i++)
        {
            mean += value(i) / n;
            cross += (i - middle) * value(i);
            square += (i - middle) * (i - middle);
        }

        var slope = square == 0 ? 0 : cross / square;
        var line = new double[n];
        for (var i = 0; i < n; i++)
        {
            line[i] = mean + (slope * (i - middle));
        }

        return line;
    }

    private static IEnumerable<int> Peaks(double[] rest, double power)
    {
        var n = rest.Length;
        var maxLag = n / MinCycles;
        var correlation = new double[maxLag + 2];
        for (var lag = 1; lag < correlation.Length; lag++)
        {
            var sum = 0.0;
            for (var i = 0; i + lag < n; i++)
            {
                sum += rest[i] * rest[i + lag];
            }

            // Normalised by the number of pairs, so long periods have no disadvantage.
            correlation[lag] = sum / power * n / (n - lag);
        }

        return Enumerable.Range(MinPeriod, Math.Max(0, maxLag - MinPeriod + 1))
            .Where(lag => correlation[lag] > 0.3 && correlation[lag] >= correlation[lag - 1] && correlation[lag] >= correlation[lag + 1])
            .OrderByDescending(lag => correlation[lag])
            .Take(5)
            .Order();
    }
}
