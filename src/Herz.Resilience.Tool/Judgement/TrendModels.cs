namespace Herz.Resilience.Tool.Judgement;

/// <summary>Fits all kinds of curves and compares them.</summary>
internal static class TrendModels
{
    private const int MinLevelLength = 3;

    /// <summary>Fits each kind, best first.</summary>
    public static IReadOnlyList<TrendModel> Fit(IReadOnlyList<Sample> samples)
    {
        var t = samples.Select(s => s.Seconds - samples[0].Seconds).ToArray();
        var y = samples.Select(s => s.Value).ToArray();
        var models = new List<TrendModel>
        {
            new(TrendKind.Constant, Bic(y, Misfit(y, []), 1)),
            new(TrendKind.Linear, Bic(y, Misfit(y, [t]), 2)),
        };
        models.AddRange(Steps(t, y));
        models.Add(Saturating(t, y));
        models.Add(Wave(t, y));
        return [.. models.OrderBy(m => m.Bic)];
    }

    /// <summary>The misfit of the model with two jumps at the best positions.</summary>
    public static double MinMisfitOfJumps(double[] y)
    {
        var (_, _, misfit, at) = Jumps(y);
        return at > 0 ? misfit : Spread(y, 0, y.Length);
    }

    private static IEnumerable<TrendModel> Steps(double[] t, double[] y)
    {
        var (one, oneAt, two, twoAt) = Jumps(y);
        // The position of a jump is chosen among all positions, which counts as about two parameters (one in Yao 1988).
        if (oneAt > 0)
        {
            yield return new TrendModel(TrendKind.Steps, Bic(y, one, 5), (t[oneAt] + t[oneAt - 1]) / 2);
        }

        if (twoAt > 0)
        {
            yield return new TrendModel(TrendKind.Steps, Bic(y, two, 8.5), (t[twoAt] + t[twoAt - 1]) / 2);
        }
    }

    private static (double One, int OneAt, double Two, int TwoAt) Jumps(double[] y)
    {
        var n = y.Length;
        var (one, oneAt) = (double.PositiveInfinity, 0);
        var (two, twoAt) = (double.PositiveInfinity, 0);
        for (var i = MinLevelLength; i <= n - MinLevelLength; i++)
        {
            var left = Spread(y, 0, i);
            var single = left + Spread(y, i, n);
            (one, oneAt) = single < one ? (single, i) : (one, oneAt);
            for (var j = i + MinLevelLength; j <= n - MinLevelLength; j++)
            {
                var both = left + Spread(y, i, j) + Spread(y, j, n);
                (two, twoAt) = both < two ? (both, j) : (two, twoAt);
            }
        }

        return (one, oneAt, two, twoAt);
    }

    private static TrendModel Saturating(double[] t, double[] y)
    {
        var best = new TrendModel(TrendKind.Saturating, double.PositiveInfinity);
        var length = t[^1];
        for (var tau = length / 50; tau <= length * 3; tau *= 1.15)
        {
            var shape = t.Select(x => 1 - Math.Exp(-x / tau)).ToArray();
            var bic = Bic(y, Misfit(y, [shape], out var coefficients), 3);
            if (bic < best.Bic)
            {
                best = new TrendModel(TrendKind.Saturating, bic, tau, coefficients[1]);
            }
        }

        return best;
    }

    private static TrendModel Wave(double[] t, double[] y)
    {
        var best = new TrendModel(TrendKind.Wave, double.PositiveInfinity);
        var length = t[^1];
        for (var cycles = 0.8; cycles <= 2.2; cycles += 0.05)
        {
            var frequency = 2 * Math.PI * cycles / length;
            var bic = Bic(y, Misfit(y, [t.Select(x => Math.Sin(frequency * x)).ToArray(), t.Select(x => Math.Cos(frequency * x)).ToArray()]), 6);
            if (bic < best.Bic)
            {
                best = new TrendModel(TrendKind.Wave, bic, length / cycles);
            }
        }

        return best;
    }

    private static double Bic(double[] y, double misfit, double parameters)
    {
        double n = y.Length;
        // Exact fits (such as a constant gauge) are compared by their number of parameters only.
        var floor = 1e-9 * Math.Max(1e-300, y.Max(Math.Abs) * y.Max(Math.Abs));
        return (n * Math.Log(Math.Max(floor, misfit / n))) + (parameters * Math.Log(n));
    }

    private static double Spread(double[] y, int from, int to)
    {
        double mean = 0, spread = 0;
        for (var i = from; i < to; i++)
        {
            mean += y[i] / (to - from);
        }

        for (var i = from; i < to; i++)
        {
            spread += (y[i] - mean) * (y[i] - mean);
        }

        return spread;
    }

    private static double Misfit(double[] y, double[][] shapes) => Misfit(y, shapes, out _);

    private static double Misfit(double[] y, double[][] shapes, out double[] coefficients)
    {
        coefficients = LeastSquares.Fit(y, shapes);
        var misfit = 0.0;
        for (var i = 0; i < y.Length; i++)
        {
            var fitted = coefficients[0];
            for (var s = 0; s < shapes.Length; s++)
            {
                fitted += coefficients[s + 1] * shapes[s][i];
            }

            misfit += (y[i] - fitted) * (y[i] - fitted);
        }

        return misfit;
    }
}
