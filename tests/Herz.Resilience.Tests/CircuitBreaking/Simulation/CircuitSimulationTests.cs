using Herz.Resilience.CircuitBreaking;

namespace Herz.Resilience.Tests.CircuitBreaking.Simulation;

public sealed class CircuitSimulationTests
{
    private const double HundredHours = 360_000;
    private static readonly int s_seeds = int.Parse(Environment.GetEnvironmentVariable("HERZ_SIMULATION_SEEDS") ?? "2", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(300)]
    [InlineData(600)]
    public void Errors_ThatAreUsual_OpenNothingInAHundredHours(int perMinute)
    {
        ErrorSource[] kinds = [ErrorSource.Independent(0.02), ErrorSource.Independent(0.04), ErrorSource.Bursts(0.02), ErrorSource.Blips()];
        var openings = from kind in Enumerable.Range(0, kinds.Length)
                       from seed in Enumerable.Range(1, s_seeds)
                       from opening in new SimulatedEndpoint((kind * 1000) + seed + perMinute, perMinute / 60.0, kinds[kind], isRegular: seed % 2 == 0).Openings(HundredHours)
                       select $"kind {kind}, seed {seed}, second {opening:0}";

        Assert.Empty(openings);
    }

    /// <param name="perMinute">Requests in a minute.</param>
    /// <param name="ratio">How many fail from a moment on.</param>
    /// <param name="within">The most seconds until the circuit opens.</param>
    /// <param name="isRegular">Whether they come as regularly as a clock.</param>
    [Theory]
    [InlineData(1200, 1.0, 3, true)]
    [InlineData(1200, 1.0, 3, false)]
    [InlineData(6000, 1.0, 3, false)]
    [InlineData(600, 1.0, 4, false)]
    [InlineData(60, 1.0, 25, false)]
    [InlineData(20, 1.0, 60, true)]
    [InlineData(1200, 0.8, 5, false)]
    [InlineData(1200, 0.2, 90, false)]
    [InlineData(1200, 0.2, 90, true)]
    [InlineData(600, 0.2, 90, false)]
    [InlineData(600, 0.2, 90, true)]
    [InlineData(1200, 0.5, 90, false)]
    [InlineData(600, 0.4, 90, false)]
    [InlineData(60, 0.4, 600, false)]
    public void Outage_IsCutOffInTime(int perMinute, double ratio, double within, bool isRegular)
    {
        foreach (var healthy in (double[])[0, 600, 7200])
        {
            for (var seed = 1; seed <= 20; seed++)
            {
                var begin = healthy + seed;
                var opening = new SimulatedEndpoint(seed, perMinute / 60.0, ErrorSource.Outage(begin, ratio), isRegular).FirstOpening(begin + within);
                Assert.True(opening >= begin && opening <= begin + within, $"seed {seed}, healthy for {healthy} s: opened at {opening - begin} s");
            }
        }
    }

    [Fact]
    public void Outage_OfAnyRateOfWhichAFifthFails_IsNeverDriftedInto()
    {
        // An hour of a ratio that rises slowly does not become usual before the limit is exceeded for good.
        var errors = new RisingErrors();

        Assert.NotNull(new SimulatedEndpoint(1, 10, errors).FirstOpening(3600));
    }

    [Fact]
    public void Errors_OfTwoInAHundred_KeepNoLotteryOfProbes()
    {
        // The chance that a healthy endpoint of 2 % stays open after a break: two failed probes in a row.
        Assert.Equal(2, new CircuitRules().FailedProbes);
        Assert.Equal(1, new CircuitRules(FailureRatio: 0.5).FailedProbes);
    }

    private sealed class RisingErrors : ErrorSource
    {
        public override bool Fails(double second, Xorshift random) => random.Next() < Math.Min(0.3, 0.02 + (second / 3600));
    }
}
