using Herz.Resilience.Tool.Judgement;

namespace Herz.Resilience.Tool.Tests.Judgement;

public sealed class MannKendallTests
{
    [Fact]
    public void Test_StrictlyRising_HasTextbookScoreAndVariance()
    {
        var test = MannKendall.Test([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

        Assert.Equal(45, test.Score);
        Assert.Equal(Math.Sqrt(125), test.Deviation, 1e-9);
        Assert.Equal(44 / Math.Sqrt(125), test.Z, 1e-9);
        Assert.InRange(test.PRising, 0.00003, 0.00005);
    }

    [Fact]
    public void Test_Ties_ReduceTheVariance()
    {
        // One group of three and one of two: (n(n-1)(2n+5) - 3·2·11 - 2·1·9) / 18.
        var test = MannKendall.Test([5, 1, 5, 2, 5, 2]);

        Assert.Equal(((6 * 5 * 17) - 66 - 18) / 18.0, test.Deviation * test.Deviation, 1e-9);
    }

    [Fact]
    public void Test_AllEqual_HasNoTrend() => Assert.Equal(0.5, MannKendall.Test([3, 3, 3, 3, 3, 3]).PRising, 1e-9);

    [Fact]
    public void Test_AutocorrelatedNoise_FalseAlarmsStayNearTheirLevel()
    {
        var random = new Random(3);
        var (alarms, plain) = (0, 0);
        var plainDeviation = Math.Sqrt(60 * 59 * 125 / 18.0);
        for (var run = 0; run < 400; run++)
        {
            var values = new double[60];
            var last = 0.0;
            for (var i = 0; i < values.Length; i++)
            {
                last = (0.6 * last) + random.NextDouble() - 0.5;
                values[i] = last;
            }

            var test = MannKendall.Test(values);
            alarms += test.PRising < 0.05 ? 1 : 0;
            plain += (test.Score - 1) / plainDeviation > 1.645 ? 1 : 0;
        }

        Assert.InRange(alarms, 5, 60);
        Assert.True(alarms < plain * 0.75, $"{alarms} false alarms of 400 at 5 %, {plain} without the variance correction");
    }
}
