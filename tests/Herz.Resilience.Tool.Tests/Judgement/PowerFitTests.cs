using CsCheck;
using Herz.Resilience.Tool.Judgement;

namespace Herz.Resilience.Tool.Tests.Judgement;

public sealed class PowerFitTests
{
    [Fact]
    public void Of_ExactCurve_FindsItsParameters() =>
        Gen.Select(Gen.Double[0.5, 50], Gen.Double[0.2, 3], Gen.Double[-100, 100]).Sample(curve =>
        {
            var (a, b, c) = curve;
            var fit = PowerFit.Of([.. Enumerable.Range(1, 40).Select(i => ((double)i, (a * Math.Pow(i, b)) + c))])!;

            Assert.Equal(b, fit.B, 1e-4);
            Assert.Equal(a, fit.A, a * 1e-2);
            Assert.InRange(fit.R2, 0.999999, 1.000001);
            Assert.Equal((a * Math.Pow(20, b)) + c, fit.At(20), 1e-2 * (1 + (a * Math.Pow(20, b))));
        }, iter: 100);

    [Fact]
    public void Of_NoisyCurves_IntervalOfThePowerContainsTheTrueValue()
    {
        var random = new Random(2);
        var contained = 0;
        for (var run = 0; run < 200; run++)
        {
            var fit = PowerFit.Of([.. Enumerable.Range(1, 60).Select(i => ((double)i, (3 * Math.Pow(i, 1.3)) + 20 + (30 * (random.NextDouble() - 0.5))))])!;
            contained += Math.Abs(fit.B - 1.3) <= fit.BHalf ? 1 : 0;
        }

        Assert.InRange(contained, 180, 199);
    }

    [Theory]
    [InlineData(1, 1, 5)]
    [InlineData(0, 1, 5)]
    [InlineData(1, 0, 5)]
    [InlineData(1, 1, 4)]
    public void Of_TooFewOrConstantPoints_IsNull(double xStep, double yStep, int count)
    {
        var fit = PowerFit.Of([.. Enumerable.Range(0, count).Select(i => (10 + (xStep * i), 5 + (yStep * i)))]);

        Assert.Equal(count >= 5 && xStep > 0 && yStep > 0, fit is not null);
    }
}
