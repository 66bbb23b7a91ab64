using Herz.Resilience.LoadShedding.Concurrency;

namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>A process that is overloaded from its first request on: there is no usual time to compare with.</summary>
public sealed class ColdStartTests
{
    private const double Capacity = 400;
    private const string Endpoint = "GET /orders";

    [Theory]
    [InlineData(ServiceTimes.Constant, 2, true)]
    [InlineData(ServiceTimes.Constant, 2, false)]
    [InlineData(ServiceTimes.Constant, 5, true)]
    [InlineData(ServiceTimes.Constant, 5, false)]
    [InlineData(ServiceTimes.Exponential, 2, true)]
    [InlineData(ServiceTimes.Exponential, 2, false)]
    public void OverloadFromTheFirstRequest_IsServedAtItsCapacityFromTheThirdSecondOn(ServiceTimes times, double offered, bool honoursToken) => Seeds.Each(seed =>
    {
        var simulator = new Simulator(seed);
        var app = new SimulatedApp(simulator);
        var server = new SlotServer(simulator, 8, simulator.Of(times), cancels: honoursToken);
        Offer(simulator, app, server, offered, honoursToken);

        var figures = Figures.Of(app.Requests, 2, 15);
        Assert.True(figures.GoodPerSecond >= 0.9 * Capacity, $"seed {seed}: {figures}");
        AssertRecovered(app);
    });

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void ProcessorThatIsShared_IsServedAtItsCapacityAsWell(double offered) => Seeds.Each(seed =>
    {
        var simulator = new Simulator(seed);
        var app = new SimulatedApp(simulator);
        Offer(simulator, app, new SharingServer(simulator, 8, () => simulator.Exponential(0.020)), offered, honoursToken: false);

        var figures = Figures.Of(app.Requests, 3, 15);
        Assert.True(figures.GoodPerSecond >= 0.85 * Capacity, $"seed {seed}: {figures}");
        AssertRecovered(app);
    });

    private static void Offer(Simulator simulator, SimulatedApp app, IServer server, double offered, bool honoursToken)
    {
        simulator.Arrivals(
            at => at < 15 ? offered * Capacity : 0.4 * Capacity, 30, () => app.Arrive(Endpoint, server, within: honoursToken ? SimulatedApp.InTime : long.MaxValue));
        simulator.Run(32);
    }

    private static void AssertRecovered(SimulatedApp app)
    {
        Assert.Equal(0, Figures.Of(app.Requests, 19, 30).Refused);
        Assert.Equal(LimitFinder.Unlimited, app.Shedder.Gate(Endpoint).Limit);
    }
}
