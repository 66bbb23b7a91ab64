namespace Herz.Resilience.Tool.Judgement;

/// <summary>
/// Finds what repeats in a series (a garbage collection's sawtooth, the wave of a day) and takes it out, so that only what
/// stays is judged. Trend and season are fitted in turns until they agree (backfitting, Buja et al. 1989).
/// </summary>
internal static class Season
{
    private const int FewestCycles = 2;
    private const int ShortestPeriod = 4;
    private const int MostPhases = 24;
    private const int Turns = 20;
    private const int MostBlocksForJumps = 48;

    // How much of the variance around the trend must repeat.
    private const double LeastShare = 0.5;

    /// <summary>The period in samples, or null where nothing repeats clearly at least twice.</summary>
    public static double? FindPeriod(IReadOnlyList<Sample> samples)
    {
        var n = samples.Count;
        if (n < FewestCycles * ShortestPeriod * 2)
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
            for (var period = Math.Max(ShortestPeriod, lag - 1.0); period <= lag + 1.0; period += Math.Max(0.02, lag / 100.0))
            {
                if (n / period < FewestCycles)
                {
                    break;
                }

                var share = 1 - (Remove(samples, period, out var fitted).Zip(fitted, (s, f) => (s.Value - f) * (s.Value - f)).Sum() / power);
                // A longer period fits the same cycles twice and noise better; it must gain clearly.
                if (share > best.Share + (best.Period > 0 && period > 1.5 * best.Period ? 0.08 : 0))
                {
                    best = (share, period);
                }
            }
        }

        var free = Phases(best.Period) / (double)n;
        return best.Share - free > Math.Max(LeastShare, ShareOfJumps(samples, power)) ? best.Period : null;
    }

    /// <summary>The series without its season.</summary>
    public static Sample[] Remove(IReadOnlyList<Sample> samples, double period) => Remove(samples, period, out _);

    /// <summary>Share of the variance around the straight line that one or two jumps explain.</summary>
    private static double ShareOfJumps(IReadOnlyList<Sample> samples, double power)
    {
        var blocks = Blocks.Of(samples, MostBlocksForJumps);
        return 1 - (TrendModels.LeastMisfitOfJumps([.. blocks.Select(b => b.Value)]) * samples.Count / blocks.Length / power);
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
        for (var turn = 0; turn < Turns; turn++)
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

    private static int Phases(double period) => Math.Clamp((int)Math.Round(period), 2, MostPhases);

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
        var most = n / FewestCycles;
        var correlation = new double[most + 2];
        for (var lag = 1; lag < correlation.Length; lag++)
        {
            var sum = 0.0;
            for (var i = 0; i + lag < n; i++)
            {
                sum += rest[i] * rest[i + lag];
            }

            // By the number of pairs, so that long periods are not put down.
            correlation[lag] = sum / power * n / (n - lag);
        }

        return Enumerable.Range(ShortestPeriod, Math.Max(0, most - ShortestPeriod + 1))
            .Where(lag => correlation[lag] > 0.3 && correlation[lag] >= correlation[lag - 1] && correlation[lag] >= correlation[lag + 1])
            .OrderByDescending(lag => correlation[lag])
            .Take(5)
            .Order();
    }
}
