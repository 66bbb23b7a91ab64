using Herz.Resilience.Deadlines.Tiers;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Deadlines.Tiers;

/// <summary>Simulates hours of healthy apps under several seeds: no request is cancelled. An app that hangs later is cancelled from then on.</summary>
public sealed class TierFitSimulationTests
{
    private const double Fast = 0.020;
    private const double Hour = 3_600;

    private static readonly Dictionary<string, Func<Random, double, double>> s_healthy = new()
    {
        ["fast"] = static (random, _) => Fast * (0.5 + random.NextDouble()),
        ["cold start, 1.5 s for 10 s"] = static (_, at) => at < 10 ? 1.5 : Fast,
        ["dependency at 200 ms for 5 s of each minute"] = static (_, at) => at % 60 < 5 ? 0.2 : Fast,
        ["dependency at 1 s for 5 s of each minute"] = static (_, at) => at % 60 < 5 ? 1 : Fast,
        ["20 to 350 ms for good after five hours"] = static (random, at) => (at < 5 * Hour ? 0.02 : 0.35) * (0.9 + (0.2 * random.NextDouble())),
        ["600 to 850 ms for good after five hours"] = static (random, at) => (at < 5 * Hour ? 0.6 : 0.85) * (0.9 + (0.2 * random.NextDouble())),
        ["one query in 500 takes 3 s"] = static (random, _) => random.Next(500) == 0 ? 3 : Fast,
        ["one query in 200 takes 3 s"] = static (random, _) => random.Next(200) == 0 ? 3 : Fast,
        ["usually 1.2 s"] = static (random, _) => 1.2 * (0.5 + random.NextDouble()),
        ["a job of 10 s every hour"] = static (_, at) => at % Hour is > 1_800 and < 1_810 ? 3 : Fast,
        ["a job of 10 s every 90 minutes"] = static (_, at) => at % (1.5 * Hour) < 10 ? 3 : Fast,
        ["a pause of a second every 20 minutes"] = static (_, at) => at % 1_200 < 1 ? 1 : Fast,
        ["a cache flushed every half hour"] = static (random, at) => at % 1_800 < 20 ? 0.5 + random.NextDouble() : Fast,
    };

    public static TheoryData<string, double> Healthy => new(
        from name in s_healthy.Keys
        from rate in new[] { 0.2, 2, 20 }
        select (name, rate));

    [Theory]
    [MemberData(nameof(Healthy))]
    public void HealthyApp_ForHours_HasNoCancelledRequest(string name, double rate)
    {
        for (var seed = 0; seed < 3; seed++)
        {
            var (cancelled, _) = Run(seed, rate, 12, s_healthy[name]);
            Assert.True(cancelled == 0, $"{cancelled} requests were cancelled, seed {seed}.");
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(200)]
    public void FastApp_ThatHangsLater_IsCancelledFromThenOn(double rate)
    {
        var (cancelled, measuredAt) = Run(1, rate, 3.01, static (_, at) => at < 3 * Hour ? Fast : 30);

        Assert.InRange(measuredAt, 2 * Hour, 2.1 * Hour);
        Assert.InRange(cancelled, rate * 0.009 * Hour, rate * 0.011 * Hour);
    }

    private static (int Cancelled, double MeasuredAt) Run(int seed, double rate, double hours, Func<Random, double, double> serve)
    {
        var random = new Random(seed);
        var time = new FakeTimeProvider();
        var fit = new TierFit(TimeSpan.FromMilliseconds(800), time);
        var cancelled = 0;
        var measuredAt = double.NaN;
        for (double at = 0; at < hours * Hour; at += -Math.Log(1 - random.NextDouble()) / rate)
        {
            var duration = serve(random, at);
            if (fit.IsMeasured)
            {
                cancelled += duration > 0.8 ? 1 : 0;
            }
            else if (fit.Record(Ticks(duration), Ticks(at + duration), out _) == FitChange.Measured)
            {
                measuredAt = at;
            }
        }

        return (cancelled, measuredAt);

        long Ticks(double seconds) => (long)(seconds * time.TimestampFrequency);
    }
}
