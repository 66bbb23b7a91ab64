using Herz.Resilience.LeakWatchdog.Signals;

namespace Herz.Resilience.Tests.LeakWatchdog.Signals;

/// <summary>Series of one hour with a sample every 15 seconds; each shape with 50 seeds.</summary>
public sealed class TrendDetectorTests
{
    private const int Length = 240;
    private const int Seeds = 50;

    [Theory]
    [InlineData("flat")]
    [InlineData("noisy")]
    [InlineData("sawtooth")]
    [InlineData("warm-up")]
    [InlineData("filling cache")]
    [InlineData("step")]
    [InlineData("burst")]
    [InlineData("daily wave")]
    [InlineData("rising load")]
    public void Growth_HealthySeries_IsNull(string shape)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var (series, load) = Healthy(shape, new Random(seed));
            Assert.True(TrendDetector.Growth(series, load, 50) is null, $"{shape}, seed {seed}");
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(30.0)]
    public void Growth_Leak_IsItsSlope(double perSample)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var series = Make(at => 200 + (perSample * at) + Noise(random, 10));
            var growth = TrendDetector.Growth(series, Make(_ => 1000 + Noise(random, 100)), 50);

            Assert.NotNull(growth);
            Assert.InRange(growth.Value, perSample * 0.8, perSample * 1.2);
        }
    }

    [Fact]
    public void Growth_LeakUnderASawtooth_IsFound()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var series = Make(at => 300 + (2 * at) + (at % 7 * 40) + Noise(random, 10));
            Assert.NotNull(TrendDetector.Growth(series, Make(_ => 1000 + Noise(random, 100)), 50));
        }
    }

    [Fact]
    public void Growth_LeakThatOutgrowsRisingLoad_IsFound()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var series = Make(at => 50 + (10 * at) + Noise(random, 10));
            Assert.NotNull(TrendDetector.Growth(series, Make(at => 1000 + (2 * at) + Noise(random, 50)), 50));
        }
    }

    [Fact]
    public void Growth_TooFewSamples_IsNull() =>
        Assert.Null(TrendDetector.Growth([.. Enumerable.Range(0, TrendDetector.MinimumSamples - 1).Select(at => at * 100d)], new double[TrendDetector.MinimumSamples - 1], 50));

    [Fact]
    public void Slope_WithOutliers_IsTheMedian() =>
        Assert.Equal(2, TrendDetector.Slope([0, 2, 4, 1000, 8, 10, 12, -500, 16, 18]), 6);

    [Fact]
    public void Score_OrderedValues_MatchesTheReference()
    {
        // Ten rising values: S = 45, variance 125 (Kendall 1975).
        Assert.Equal(44 / Math.Sqrt(125), TrendDetector.Score([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), 9);
        Assert.Equal(0, TrendDetector.Score([5, 5, 5, 5]));
    }

    private static (double[] Series, double[] Load) Healthy(string shape, Random random)
    {
        var steady = Make(_ => 1000 + Noise(random, 100));
        return shape switch
        {
            "flat" => (Make(_ => 200), steady),
            "noisy" => (Make(_ => 200 + Noise(random, 150)), steady),
            "sawtooth" => (Make(at => 200 + (at % 23 * 60) + Noise(random, 20)), steady),
            "warm-up" => (Make(at => 200 + (2000 * (1 - Math.Exp(-at / 15d))) + Noise(random, 20)), steady),
            "filling cache" => (Make(at => Math.Min(5000, 200 + (60 * at)) + Noise(random, 20)), steady),
            "step" => (Make(at => at < 100 ? 200 : 900 + Noise(random, 20)), steady),
            "burst" => (Make(at => at is > 100 and < 130 ? 5000 : 200 + Noise(random, 20)), steady),
            "daily wave" => (Make(at => 1000 + (500 * Math.Sin(at / 40d)) + Noise(random, 20)), Make(at => 5000 + (2500 * Math.Sin(at / 40d)) + Noise(random, 100))),
            "rising load" => (Make(at => 200 + (4 * at) + Noise(random, 20)), Make(at => 1000 + (20 * at) + Noise(random, 50))),
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "no such series"),
        };
    }

    private static double[] Make(Func<int, double> at) => [.. Enumerable.Range(0, Length).Select(at)];

    private static double Noise(Random random, double amplitude) => (random.NextDouble() - 0.5) * 2 * amplitude;
}
