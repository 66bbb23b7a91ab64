namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>The shedder on a thread pool that handlers hold, because they compute or block.</summary>
public sealed class ThreadPoolTests
{
    [Theory]
    [InlineData(500, 1)]
    [InlineData(1_000, 1)]
    [InlineData(500, 0.6)]
    [InlineData(1_000, 0.6)]
    public void MoreComputingThanTheCpuCanDo_IsServedAtItsCapacity(double perSecond, double cpu) => Seeds.Each(seed =>
    {
        var simulator = new Simulator(seed);
        var app = new SimulatedApp(simulator, pool: new ThreadPoolServer(simulator, threads: 2)) { Cpu = cpu };
        var compute = new HoldingServer(simulator, static () => 0.010, computes: 1);
        simulator.Arrivals(_ => perSecond, 30, () => app.Arrive("GET /cpu", compute));
        simulator.Run(32);

        var figures = Figures.Of(app.Requests, 5, 30);
        Assert.True(figures.GoodPerSecond > 0.85 * 200, $"seed {seed}: {figures}");
        Assert.True(figures.P99 < 0.4, $"seed {seed}: {figures}");
    });

    [Fact]
    public void HandlersThatBlock_LeaveThreadsToTheOthers() => Seeds.Each(seed =>
    {
        var simulator = new Simulator(seed);
        var app = new SimulatedApp(simulator, pool: new ThreadPoolServer(simulator, threads: 8)) { Cpu = 0.05 };
        var blocking = new HoldingServer(simulator, static () => 1, computes: 0.001);
        var quick = new HoldingServer(simulator, static () => 0.0002, computes: 1);
        simulator.Arrivals(_ => 40, 60, () => app.Arrive("GET /blocking", blocking, within: long.MaxValue / 2));
        simulator.Arrivals(_ => 50, 60, () => app.Arrive("GET /quick", quick));
        simulator.Run(65);

        var figures = Figures.Of(app.Requests.Where(static request => request.Endpoint == "GET /quick"), 5, 60);
        Assert.True(figures.GoodShare >= 0.99, $"seed {seed}: {figures}");
    });
}
