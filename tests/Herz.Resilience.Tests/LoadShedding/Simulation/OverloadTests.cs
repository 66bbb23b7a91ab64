using Herz.Resilience.LoadShedding.Concurrency;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>The shedder before a dependency of 8 slots × 20 ms, which can serve 400 requests a second.</summary>
public sealed class OverloadTests
{
    private const int Slots = 8;
    private const double Capacity = Slots / ServiceTimesExtensions.Mean;
    private const string Endpoint = "GET /orders";

    public static TheoryData<ServiceTimes, double, double> Overloads => new()
    {
        { ServiceTimes.Constant, 2, 0.97 },
        { ServiceTimes.Constant, 5, 0.97 },
        { ServiceTimes.Exponential, 2, 0.93 },
        { ServiceTimes.Exponential, 5, 0.93 },
        { ServiceTimes.HeavyTailed, 2, 0.85 },
        { ServiceTimes.TwoKinds, 2, 0.85 },
    };

    [Theory]
    [MemberData(nameof(Overloads))]
    public void MoreThanItCanServe_IsServedAtItsCapacity(ServiceTimes times, double offered, double least) => Seeds.Each(seed =>
    {
        var simulator = new Simulator(seed);
        var app = new SimulatedApp(simulator);
        var server = new SlotServer(simulator, Slots, simulator.Of(times));
        simulator.Arrivals(at => offered * Capacity * Math.Min(1, at / 2), 30, () => app.Arrive(Endpoint, server));
        simulator.Run(60);

        var figures = Figures.Of(app.Requests, 5, 30);
        Assert.True(figures.GoodPerSecond >= least * Capacity, $"seed {seed}: {figures}");
        Assert.All(app.Requests, static request => Assert.True(request.Outcome is not (SimulatedOutcome.Running or SimulatedOutcome.Waiting)));
    });

    // What is completed varies by chance as much as by half there: with some seeds the overload is seen only when it is large.
    [Theory]
    [InlineData(ServiceTimes.HeavyTailed, 0.80)]
    [InlineData(ServiceTimes.TwoKinds, 0.75)]
    public void FiveTimesAsMuchOfTimesThatVaryAHundredfold_IsMostlyServed(ServiceTimes times, double least)
    {
        var shares = Seeds.Sorted(seed =>
        {
            var simulator = new Simulator(seed);
            var app = new SimulatedApp(simulator);
            var server = new SlotServer(simulator, Slots, simulator.Of(times));
            simulator.Arrivals(static at => 5 * Capacity * Math.Min(1, at / 2), 30, () => app.Arrive(Endpoint, server));
            simulator.Run(60);
            return Figures.Of(app.Requests, 5, 30).GoodPerSecond / Capacity;
        });

        Assert.True(shares[4] >= least, string.Join(' ', shares));
    }

    [Theory]
    [InlineData(ServiceTimes.Constant, 2)]
    [InlineData(ServiceTimes.Constant, 5)]
    [InlineData(ServiceTimes.Exponential, 2)]
    [InlineData(ServiceTimes.Exponential, 5)]
    public void WhoIsServedUnderOverload_IsServedSoon(ServiceTimes times, double offered) => Seeds.Each(seed =>
    {
        var simulator = new Simulator(seed);
        var app = new SimulatedApp(simulator);
        var server = new SlotServer(simulator, Slots, simulator.Of(times));
        simulator.Arrivals(_ => offered * Capacity, 30, () => app.Arrive(Endpoint, server));
        simulator.Run(32);

        Assert.InRange(Figures.Of(app.Requests, 10, 30).P99, 0.020, 0.250);
    });

    [Fact]
    public void WithoutShedding_TheSameOverloadCollapses()
    {
        var simulator = new Simulator(1);
        var app = new SimulatedApp(simulator, shedding: false);
        var server = new SlotServer(simulator, Slots, simulator.Of(ServiceTimes.Constant));
        simulator.Arrivals(static _ => 5 * Capacity, 30, () => app.Arrive(Endpoint, server));
        simulator.Run(32);

        Assert.True(Figures.Of(app.Requests, 5, 30).GoodPerSecond < 0.5 * Capacity);
    }

    [Fact]
    public void OverloadThatEnds_LeavesNoLimit() => Seeds.Each(seed =>
    {
        var simulator = new Simulator(seed);
        var app = new SimulatedApp(simulator);
        var server = new SlotServer(simulator, Slots, simulator.Of(ServiceTimes.Exponential));
        simulator.Arrivals(static at => at is > 20 and < 40 ? 2.5 * Capacity : 0.5 * Capacity, 70, () => app.Arrive(Endpoint, server));
        simulator.Run(72);

        Assert.Equal(0, Figures.Of(app.Requests, 0, 20).Refused);
        Assert.True(Figures.Of(app.Requests, 20, 40).Refused > 10_000);
        Assert.Equal(0, Figures.Of(app.Requests, 43, 70).Refused);
        Assert.Equal(LimitFinder.Unlimited, app.Shedder.Gate(Endpoint).Limit);
        Assert.False(app.Shedder.Gate(Endpoint).State.Finder.IsOverloaded);
    });

    [Fact]
    public void DependencyThatLosesSlots_IsFollowedDownAndUpAgain()
    {
        var shares = Seeds.Sorted(static seed =>
        {
            var simulator = new Simulator(seed);
            var app = new SimulatedApp(simulator);
            var server = new SlotServer(simulator, 2 * Slots, simulator.Of(ServiceTimes.Exponential));
            simulator.At(20.0, () => server.Slots = Slots / 2);
            simulator.At(50.0, () => server.Slots = 2 * Slots);
            simulator.Arrivals(static _ => 1.25 * Capacity, 90, () => app.Arrive(Endpoint, server));
            simulator.Run(92);

            Assert.Equal(0, Figures.Of(app.Requests, 0, 20).Refused);
            Assert.True(Figures.Of(app.Requests, 56, 90).GoodShare > 0.999);
            return Figures.Of(app.Requests, 24, 50).GoodPerSecond / (Capacity / 2);
        });

        Assert.True(shares[2] > 0.9, string.Join(' ', shares));
    }

    [Theory]
    [InlineData(2, 240, 1.0, 0.85)]
    [InlineData(2, 240, 10.0, 0.6)]
    public void DependencyThatServesLess_IsFollowedWithoutDeadlines(double offered, double before, double slower, double least)
    {
        // Half the slots, or ten times slower ones, of a handler that ignores its token.
        var capacity = slower > 1 ? Capacity / slower : Capacity / 2;
        var shares = Seeds.Sorted(seed =>
        {
            var simulator = new Simulator(seed);
            var app = new SimulatedApp(simulator);
            var seconds = ServiceTimesExtensions.Mean;
            var server = new SlotServer(simulator, Slots, () => seconds, cancels: false);
            simulator.At(20.0, () => (server.Slots, seconds) = slower > 1 ? (Slots, slower * seconds) : (Slots / 2, seconds));
            simulator.Arrivals(at => at < 20 ? before : offered * capacity, 60, () => app.Arrive(Endpoint, server, within: long.MaxValue));
            simulator.Run(90);

            Assert.Equal(0, Figures.Of(app.Requests, 0, 20).Refused);
            return Figures.Of(app.Requests, 30, 60).GoodPerSecond / capacity;
        });

        // With few seeds it is seen too late, and what has piled up takes longer than the run.
        Assert.True(shares[3] >= least, string.Join(' ', shares));
    }

    [Theory]
    [InlineData(0.060)]
    [InlineData(0.200)]
    public void DependencyThatOnlyTakesLonger_IsNotTakenForOverload(double seconds) => Seeds.Each(seed =>
    {
        var simulator = new Simulator(seed);
        var app = new SimulatedApp(simulator);
        var mean = ServiceTimesExtensions.Mean;
        var server = new SlotServer(simulator, 10_000, () => simulator.LogNormal(mean, 0.5));
        simulator.At(20.0, () => mean = seconds);
        simulator.At(60.0, () => mean = ServiceTimesExtensions.Mean);
        simulator.Arrivals(static _ => Capacity, 90, () => app.Arrive(Endpoint, server));
        simulator.Run(92);

        Assert.Equal(0, Figures.Of(app.Requests, 0, 20).Refused);
        Assert.Equal(0, Figures.Of(app.Requests, 20, 90).Refused);
    });

    [Fact]
    public void CriticalTenth_IsServedWhileTheRestIsShed() => Seeds.Each(seed =>
    {
        var simulator = new Simulator(seed);
        var app = new SimulatedApp(simulator);
        var server = new SlotServer(simulator, Slots, simulator.Of(ServiceTimes.Exponential));
        simulator.Arrivals(static _ => 4.5 * Capacity, 30, () => app.Arrive(Endpoint, server, RequestPriority.Sheddable));
        simulator.Arrivals(static _ => 0.5 * Capacity, 30, () => app.Arrive(Endpoint, server, RequestPriority.Critical));
        simulator.Run(32);

        var critical = Figures.Of(app.Requests.Where(static request => request.Rank == RequestPriority.Critical), 3, 30);
        Assert.True(critical.GoodShare >= 0.995, $"seed {seed}: {critical}");
        Assert.True(Figures.Of(app.Requests, 3, 30).GoodPerSecond > 0.9 * Capacity);
    });
}
