using Herz.Resilience.Tool.Judgement;

namespace Herz.Resilience.Tool.Tests.Judgement;

public sealed class TheilSenTests
{
    [Fact]
    public void Estimate_LineWithOutliers_FindsTheSlope()
    {
        var samples = Enumerable.Range(0, 30).Select(i => new Sample(i, i % 10 == 3 ? 1e6 : 2.5 * i)).ToArray();

        var slope = TheilSen.Estimate(samples, MannKendall.Test(samples.Select(s => s.Value).ToArray()).Deviation);

        Assert.Equal(2.5, slope.Slope, 1e-9);
        Assert.True(slope.Low <= 2.5 && slope.High >= 2.5);
    }

    [Fact]
    public void Estimate_NoisyLines_IntervalContainsTheTrueSlopeIn95Percent()
    {
        var random = new Random(11);
        var contained = 0;
        for (var run = 0; run < 400; run++)
        {
            var samples = Enumerable.Range(0, 30).Select(i => new Sample(i, (0.3 * i) + (10 * (random.NextDouble() - 0.5)))).ToArray();
            var slope = TheilSen.Estimate(samples, MannKendall.Test(samples.Select(s => s.Value).ToArray()).Deviation);
            contained += slope.Low <= 0.3 && slope.High >= 0.3 ? 1 : 0;
        }

        Assert.InRange(contained, 368, 398);
    }

    [Fact]
    public void Estimate_OneSample_IsZero() => Assert.Equal(default, TheilSen.Estimate([new Sample(1, 1)], 0));
}
