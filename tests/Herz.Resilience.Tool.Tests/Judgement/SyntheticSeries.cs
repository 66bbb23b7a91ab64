using Herz.Resilience.Tool.Judgement;

namespace Herz.Resilience.Tool.Tests.Judgement;

/// <summary>Series with a known verdict, generated from a seed: eight kinds, 10 to 30 minutes long, one sample every 5 s.</summary>
internal static class SyntheticSeries
{
    public static readonly string[] Kinds = ["flat", "noisy", "stepped", "saturating", "leak", "sawtooth", "wave", "leak with a wave"];

    public static (string Kind, Verdict Truth, Sample[] Samples) Make(int seed)
    {
        var random = new Random(seed);
        var kind = Kinds[seed % Kinds.Length];
        var n = random.Next(120, 361);
        var level = Math.Pow(10, 1 + (3 * random.NextDouble()));
        Func<int, double> curve = kind switch
        {
            "flat" => Flat(random, level),
            "noisy" => Noisy(random, level, n),
            "stepped" => Stepped(random, level, n),
            "saturating" => Saturating(random, level, n),
            "leak" => Leak(random, level, n),
            "sawtooth" => Sawtooth(random, level),
            "wave" => Wave(random, level, n),
            _ => Sum(Leak(random, level, n, leastRise: 0.2), random.Next(2) == 0 ? Wave(random, level, n) : Sawtooth(random, level)),
        };
        var samples = new Sample[n];
        for (var i = 0; i < n; i++)
        {
            // Samples are never exactly on time.
            samples[i] = new Sample((5 * i) + (0.2 * random.NextDouble()), curve(i));
        }

        return (kind, kind.StartsWith("leak", StringComparison.Ordinal) ? Verdict.Growing : Verdict.Converged, samples);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double Between(Random random, double low, double high) => low + ((high - low) * random.NextDouble());

    private static Func<int, double> Sum(Func<int, double> a, Func<int, double> b) => i => a(i) + b(i);

    private static Func<int, double> Flat(Random random, double level)
    {
        var noise = random.Next(2) == 0 ? 0 : 0.002 * level;
        return _ => Math.Round(level + (noise * Normal(random)), 3);
    }

    private static Func<int, double> Noisy(Random random, double level, int n)
    {
        var noise = Between(random, 0.05, 0.25) * level;
        var memory = random.Next(3) == 0 ? Between(random, 0.2, 0.6) : 0;
        var spikes = random.Next(3) == 0 ? 0.03 : 0;
        var last = 0.0;
        return _ =>
        {
            last = (memory * last) + (Math.Sqrt(1 - (memory * memory)) * Normal(random));
            return level + (noise * last) + (random.NextDouble() < spikes ? level * random.NextDouble() * 3 : 0);
        };
    }

    private static Func<int, double> Stepped(Random random, double level, int n)
    {
        var noise = Between(random, 0, 0.03) * level;
        var first = Between(random, 0.1, 0.6) * n;
        var second = random.Next(2) == 0 ? Between(random, first / n, 0.65) * n : n;
        var (up, again) = (Between(random, 0.2, 1) * level, Between(random, 0.2, 1) * level);
        return i => level + (i >= first ? up : 0) + (i >= second ? again : 0) + (noise * Normal(random));
    }

    private static Func<int, double> Saturating(Random random, double level, int n)
    {
        var noise = Between(random, 0.002, 0.03) * level;
        var tau = Between(random, 0.02, 0.12) * n;
        var rise = Between(random, 0.3, 3) * level;
        return i => level + (rise * (1 - Math.Exp(-i / tau))) + (noise * Normal(random));
    }

    private static Func<int, double> Leak(Random random, double level, int n, double leastRise = 0.05)
    {
        // The leak adds from 1/20 of the level (1/5 if combined with a wave) to about three times the level over the whole series.
        var rise = Math.Pow(10, Between(random, Math.Log10(leastRise), 0.5)) * level;
        var noise = Math.Min(rise, Between(random, 0.002, 0.08) * level);
        return i => level + (rise * i / n) + (noise * Normal(random));
    }

    private static Func<int, double> Sawtooth(Random random, double level)
    {
        var period = Between(random, 8, 30);
        var height = Between(random, 0.1, 0.6) * level;
        var noise = Between(random, 0, 0.02) * level;
        var jitter = random.Next(2) == 0 ? 0 : 0.1;
        var (begin, length) = (-Between(random, 0, period), period);
        return i =>
        {
            while (i - begin >= length)
            {
                begin += length;
                length = period * (1 + (jitter * Normal(random)));
                length = Math.Max(4, length);
            }

            return level + (height * (i - begin) / period) + (noise * Normal(random));
        };
    }

    private static Func<int, double> Wave(Random random, double level, int n)
    {
        var period = n / Between(random, 2.3, 5);
        var height = Between(random, 0.1, 0.5) * level;
        var noise = Between(random, 0.002, 0.05) * level;
        var phase = Between(random, 0, 2 * Math.PI);
        return i => level + (height * Math.Sin((2 * Math.PI * i / period) + phase)) + (noise * Normal(random));
    }
}
