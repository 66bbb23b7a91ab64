using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.CircuitBreaking.Rules;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.CircuitBreaking.Simulation;

public sealed class CircuitSimulationTests
{
    private const double HundredHours = 360_000;
    private static readonly int s_seeds = int.Parse(Environment.GetEnvironmentVariable("HERZ_SIMULATION_SEEDS") ?? "16", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(300)]
    [InlineData(600)]
    public void UsualErrors_InAHundredHours_OpenNoCircuit(int perMinute)
    {
        ErrorSource[] kinds = [ErrorSource.Independent(0.02), ErrorSource.Independent(0.04), ErrorSource.Bursts(0.02), ErrorSource.Blips()];
        var openings = from kind in Enumerable.Range(0, kinds.Length)
                       from seed in Enumerable.Range(1, s_seeds)
                       from opening in new SimulatedEndpoint((kind * 1000) + seed + perMinute, perMinute / 60.0, kinds[kind], isRegular: seed % 2 == 0, sources: seed % 4 < 2 ? 1 : 512).Openings(HundredHours)
                       select $"kind {kind}, seed {seed}, second {opening:0}";

        Assert.Empty(openings);
    }

    /// <param name="perMinute">Requests per minute.</param>
    /// <param name="ratio">The failure ratio from the start of the outage.</param>
    /// <param name="within">The maximum number of seconds until the circuit opens.</param>
    /// <param name="isRegular">Whether requests arrive at a regular interval.</param>
    [Theory]
    [InlineData(1200, 1.0, 3, true)]
    [InlineData(1200, 1.0, 3, false)]
    [InlineData(6000, 1.0, 3, false)]
    [InlineData(600, 1.0, 4, false)]
    [InlineData(60, 1.0, 45, false)]
    [InlineData(60, 1.0, 26, true)]
    [InlineData(20, 1.0, 60, true)]
    [InlineData(1200, 0.8, 5, false)]
    [InlineData(1200, 0.2, 75, false)]
    [InlineData(1200, 0.2, 75, true)]
    [InlineData(600, 0.2, 75, false)]
    [InlineData(600, 0.2, 75, true)]
    [InlineData(1200, 0.5, 90, false)]
    [InlineData(600, 0.4, 90, false)]
    [InlineData(60, 0.4, 600, false)]
    public void Outage_OpensTheCircuitInTime(int perMinute, double ratio, double within, bool isRegular)
    {
        foreach (var healthy in (double[])[0, 600, 7200])
        {
            for (var seed = 1; seed <= 20; seed++)
            {
                var start = healthy + seed;
                var opening = new SimulatedEndpoint(seed, perMinute / 60.0, ErrorSource.Outage(start, ratio), isRegular).FirstOpening(start + within);
                Assert.True(opening >= start && opening <= start + within, $"seed {seed}, healthy for {healthy} s: opened at {opening - start} s");
            }
        }
    }

    [Fact]
    public void RatioThatRisesWithinAnHour_DoesNotBecomeUsual() =>
        Assert.NotNull(new SimulatedEndpoint(1, 10, new RisingErrors()).FirstOpening(3600));

    [Fact]
    public void Recovery_ToTheUsualErrors_KeepsTheCircuitClosed()
    {
        var time = new FakeTimeProvider();
        var changes = new List<CircuitChange>();
        var circuit = new Circuit("GET /", time, changes.Add);
        circuit.Apply(new CircuitRules());
        var random = new Xorshift(7);
        for (var outage = 0; outage < 200; outage++)
        {
            var start = time.GetTimestamp();
            while (time.GetElapsedTime(start) < TimeSpan.FromMinutes(8))
            {
                var ratio = time.GetElapsedTime(start) < TimeSpan.FromSeconds(4) ? 1 : 0.02;
                if (circuit.TryEnter(time.GetTimestamp(), out var ticket, out _))
                {
                    circuit.Leave(ticket, random.Next() >= ratio, time.GetTimestamp());
                }

                time.Advance(TimeSpan.FromMilliseconds(50));
            }
        }

        // Down for 4 s: open after 2.6 s, probed after 1 s and again after 2 s; then closed, unless two random errors are consecutive.
        Assert.InRange(changes.Count(change => change.To == CircuitStatus.Open), 400, 404);
        Assert.Equal(CircuitStatus.Closed, circuit.Status);
    }

    private sealed class RisingErrors : ErrorSource
    {
        public override bool Fails(double second, Xorshift random) => random.Next() < Math.Min(0.3, 0.02 + (second / 3600));
    }
}
