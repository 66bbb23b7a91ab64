using Herz.Resilience.LoadShedding.Concurrency;

namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>Longer times are not overload: whatever a dependency that serves any number at once does, nothing is refused.</summary>
public sealed class HealthyTests
{
    public static TheoryData<string, double> Scenarios()
    {
        var data = new TheoryData<string, double>();
        foreach (var scenario in Healthy.Scenarios)
        {
            foreach (var rate in new[] { 30.0, 100, 400 })
            {
                data.Add(scenario, rate);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void HealthyApp_IsRefusedNothing(string scenario, double perSecond) => Parallel.For(1, 4, seed =>
    {
        var app = Healthy.Run(scenario, perSecond, seed, 180);

        Assert.True(app.Requests.Count > 100);
        Assert.Equal(0, app.Requests.Count(static request => request.Outcome == SimulatedOutcome.Refused));
        Assert.Equal(0, app.Requests.Count(static request => request.Outcome == SimulatedOutcome.Waiting));
        Assert.All(app.Shedder.Gates, static gate => Assert.Equal(LimitFinder.Unlimited, gate.Limit));

        // An experiment holds few, and only where it must be found out.
        var held = app.Requests.Count(static request => request.Held > 0.050);
        Assert.True(held <= 0.06 * app.Requests.Count, $"seed {seed}: {held} of {app.Requests.Count} held");
    });

    [Theory]
    [InlineData(30)]
    [InlineData(100)]
    [InlineData(400)]
    public void HourOfADependencyThatIsSlowerInEachMinute_IsRefusedNothing(double perSecond)
    {
        var app = Healthy.Run(Healthy.SlowerEachMinute, perSecond, seed: 11, 3_600);

        Assert.Equal(0, app.Requests.Count(static request => request.Outcome == SimulatedOutcome.Refused));
        Assert.True(app.Requests.Count(static request => request.Held > 0.050) <= 0.01 * app.Requests.Count);
    }
}
