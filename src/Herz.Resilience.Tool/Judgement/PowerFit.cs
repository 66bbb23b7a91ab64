using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace Herz.Resilience.Tool.Judgement;

/// <summary>
/// The growth curve y = a·x^b + c, fitted by least squares. For a given b the problem is linear, so only b is searched (variable
/// projection, Golub and Pereyra 1973). The intervals are those of the linearised model, with Student's t.
/// </summary>
internal sealed record PowerFit
{
    private const double MinPower = 0.05;
    private const double MaxPower = 5;
    private const int MinPoints = 5;

    /// <summary>Factor of the power.</summary>
    public double A { get; init; }

    /// <summary>The power: 1 is linear growth, less slows down, more accelerates.</summary>
    public double B { get; init; }

    /// <summary>The value without load.</summary>
    public double C { get; init; }

    /// <summary>Half the width of the 95 % interval of a.</summary>
    public double AHalf { get; init; }

    /// <summary>Half the width of the 95 % interval of b.</summary>
    public double BHalf { get; init; }

    /// <summary>Half the width of the 95 % interval of c.</summary>
    public double CHalf { get; init; }

    /// <summary>Share of the variance that the curve explains.</summary>
    public double R2 { get; init; }

    /// <summary>Fits the curve; null if there are fewer than five points, or x or y is constant.</summary>
    public static PowerFit? Of(IReadOnlyList<(double X, double Y)> points)
    {
        var used = points.Where(p => p.X > 0 && double.IsFinite(p.Y)).ToArray();
        if (used.Length < MinPoints)
        {
            return null;
        }

        var scale = used.Max(p => p.X);
        var x = used.Select(p => p.X / scale).ToArray();
        var y = used.Select(p => p.Y).ToArray();
        var mean = y.Average();
        var total = y.Sum(v => (v - mean) * (v - mean));
        if (total <= 1e-20 * Math.Max(1, mean * mean) || x.Max() - x.Min() < 1e-9)
        {
            return null;
        }

        var b = Search(x, y);
        var (misfit, a, c) = Fit(x, y, b);
        var (ua, ub, uc) = Intervals(x, a, b, misfit);
        var unit = Math.Pow(scale, -b);
        return new PowerFit { A = a * unit, B = b, C = c, AHalf = ua * unit, BHalf = ub, CHalf = uc, R2 = 1 - (misfit / total) };
    }

    /// <summary>The curve as text: <c>y = a·x^b + c, R² …</c>.</summary>
    public string Words => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"y = {A:G3}·x^{B:0.00} {(C < 0 ? '-' : '+')} {Math.Abs(C):G4}, R² {R2:0.000}");

    /// <summary>The curve at a load.</summary>
    public double At(double x) => (A * Math.Pow(x, B)) + C;

    private static double Search(double[] x, double[] y)
    {
        // A coarse search first, because the misfit may have several local minima.
        var best = (Misfit: double.PositiveInfinity, B: 1.0);
        for (var b = MinPower; b <= MaxPower; b *= 1.1)
        {
            var misfit = Fit(x, y, b).Misfit;
            best = misfit < best.Misfit ? (misfit, b) : best;
        }

        var (low, high) = (best.B / 1.1, best.B * 1.1);
        var golden = (Math.Sqrt(5) - 1) / 2;
        for (var i = 0; i < 60; i++)
        {
            var left = high - (golden * (high - low));
            var right = low + (golden * (high - low));
            (low, high) = Fit(x, y, left).Misfit < Fit(x, y, right).Misfit ? (low, right) : (left, high);
        }

        return Math.Clamp((low + high) / 2, MinPower, MaxPower);
    }

    private static (double Misfit, double A, double C) Fit(double[] x, double[] y, double b)
    {
        var n = x.Length;
        var power = x.Select(v => Math.Pow(v, b)).ToArray();
        var meanX = power.Average();
        var meanY = y.Average();
        double cross = 0, square = 0;
        for (var i = 0; i < n; i++)
        {
            cross += (power[i] - meanX) * (y[i] - meanY);
            square += (power[i] - meanX) * (power[i] - meanX);
        }

        var a = square == 0 ? 0 : cross / square;
        var c = meanY - (a * meanX);
        var misfit = 0.0;
        for (var i = 0; i < n; i++)
        {
            var error = y[i] - (a * power[i]) - c;
            misfit += error * error;
        }

        return (misfit, a, c);
    }

    private static (double A, double B, double C) Intervals(double[] x, double a, double b, double misfit)
    {
        var n = x.Length;
        var jacobian = Matrix<double>.Build.Dense(n, 3, (row, column) => column switch
        {
            0 => Math.Pow(x[row], b),
            1 => a * Math.Pow(x[row], b) * Math.Log(x[row]),
            _ => 1,
        });
        var normal = jacobian.TransposeThisAndMultiply(jacobian);
        if (Math.Abs(normal.Determinant()) < 1e-300)
        {
            return (double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);
        }

        var covariance = normal.Inverse() * (misfit / (n - 3));
        var t = StudentT.InvCDF(0, 1, n - 3, 0.975);
        return (t * Math.Sqrt(Math.Max(0, covariance[0, 0])), t * Math.Sqrt(Math.Max(0, covariance[1, 1])), t * Math.Sqrt(Math.Max(0, covariance[2, 2])));
    }
}
