using Herz.Resilience.LoadShedding.Concurrency;

namespace Herz.Resilience.Tests.LoadShedding.Simulation;

public sealed class NoOverloadTests
{
    private const double Minutes = 30;
    private const double Capacity = 400;

    [Theory]
    [InlineData(ServiceTimes.Constant, 0.70)]
    [InlineData(ServiceTimes.Exponential, 0.65)]
    [InlineData(ServiceTimes.HeavyTailed, 0.40)]
    [InlineData(ServiceTimes.TwoKinds, 0.40)]
    public void HalfAnHourOfVariedLoad_RefusesNothingAndSetsNoLimit(ServiceTimes times, double most) => Parallel.For(1, 4, seed =>
    {
        var simulator = new Simulator(seed);
        var app = new SimulatedApp(simulator);
        var server = new SlotServer(simulator, 8, simulator.Of(times));
        simulator.Arrivals(at => Capacity * most * Wave(at), Minutes * 60, () => app.Arrive("GET /orders", server));
        simulator.Run((Minutes * 60) + 2);

        Assert.True(app.Requests.Count > 100_000);
        Assert.Equal(0, Figures.Of(app.Requests, 0, Minutes * 60).Refused);
        var gate = app.Shedder.Gate("GET /orders");
        Assert.Equal(LimitFinder.Unlimited, gate.Limit);
    });

    [Fact]
    public void AfterHalfAnHour_AnOverloadIsFoundAsAtFirst() => Parallel.For(1, 4, seed =>
    {
        var simulator = new Simulator(seed);
        var app = new SimulatedApp(simulator);
        var server = new SlotServer(simulator, 8, simulator.Of(ServiceTimes.Exponential));
        simulator.Arrivals(static at => at < Minutes * 60 ? Capacity * 0.65 * Wave(at) : 2 * Capacity, (Minutes * 60) + 30, () => app.Arrive("GET /orders", server));
        simulator.Run((Minutes * 60) + 32);

        Assert.True(Figures.Of(app.Requests, (Minutes * 60) + 3, (Minutes * 60) + 30).GoodPerSecond > 0.93 * Capacity);
    });

    [Fact]
    public void QuickEndpoint_DoesNotSetTheMeasureOfASlowOne() => Parallel.For(1, 4, seed =>
    {
        var simulator = new Simulator(seed);
        var app = new SimulatedApp(simulator);
        var quick = new SlotServer(simulator, 100, () => simulator.Exponential(0.002));
        var slow = new SlotServer(simulator, 100, () => simulator.Exponential(0.150));
        simulator.Arrivals(static _ => 500, 60, () => app.Arrive("GET /quick", quick));
        simulator.Arrivals(static _ => 50, 60, () => app.Arrive("GET /slow", slow));
        simulator.Run(62);

        Assert.Equal(0, Figures.Of(app.Requests, 0, 60).Refused);
    });

    // Slow waves, a quick one, and a burst each minute: from a tenth of the most to all of it.
    private static double Wave(double at)
    {
        var wave = 0.55 + (0.30 * Math.Sin(at / 97)) + (0.15 * Math.Sin(at / 7));
        return at % 60 < 3 ? 1 : Math.Max(0.1, wave);
    }
}
