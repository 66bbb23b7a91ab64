using MathNet.Numerics.LinearAlgebra;

namespace Herz.Resilience.Tool.Judgement;

/// <summary>Fits a constant plus weighted shapes to values.</summary>
internal static class LeastSquares
{
    /// <summary>Returns the constant, then the factor of each shape.</summary>
    public static double[] Fit(double[] values, double[][] shapes)
    {
        if (shapes.Length == 0)
        {
            return [values.Average()];
        }

        var design = Matrix<double>.Build.Dense(values.Length, shapes.Length + 1, (row, column) => column == 0 ? 1 : shapes[column - 1][row]);
        return [.. design.QR().Solve(Vector<double>.Build.Dense(values))];
    }
}
