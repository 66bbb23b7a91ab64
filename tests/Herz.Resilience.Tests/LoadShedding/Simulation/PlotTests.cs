using Herz.Resilience.Tests.Reference;

namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>
/// The plots in the folder's README are those of the simulation. With HERZ_REGENERATE=1 they are drawn anew; else they are
/// compared, with some room, since another processor may round a random number otherwise.
/// </summary>
public sealed class PlotTests
{
    private const double Capacity = 400;

    [Theory]
    [InlineData("overload", "An overload of 2 times the capacity, and its end", 900)]
    [InlineData("fewer-slots", "A dependency that loses three of four slots, and gets them back", 800)]
    [InlineData("slower", "A dependency that takes ten times as long, while nobody waits for another", 500)]
    [InlineData("varied", "Varied load below the capacity", 500)]
    public void PlotOfTheReadme_IsThatOfTheSimulation(string name, string title, double most)
    {
        const double Seconds = 80;
        var with = Run(name, Seconds, shedding: true);
        var plot = new Plot(title + ", requests per second", Seconds, most);
        plot.Line("offered", "#888", PerSecond(with, Seconds, static _ => true));
        plot.Line("answered in time without shedding", "#c33", PerSecond(Run(name, Seconds, shedding: false), Seconds, IsGood));
        plot.Line("with shedding", "#273", PerSecond(with, Seconds, IsGood));
        plot.Line("refused", "#26c", PerSecond(with, Seconds, static request => request.Outcome == SimulatedOutcome.Refused));

        var file = RepositoryFiles.PathOf($"src/Herz.Resilience/LoadShedding/plots/{name}.svg");
        if (RepositoryFiles.Regenerate)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, plot.ToString());
        }

        Assert.InRange(Plot.Distance(File.ReadAllText(file), plot.ToString()), 0, 0.05);
        Assert.Contains($"](plots/{name}.svg)", File.ReadAllText(RepositoryFiles.PathOf("src/Herz.Resilience/LoadShedding/README.md")));
    }

    private static List<SimulatedRequest> Run(string name, double seconds, bool shedding)
    {
        var simulator = new Simulator(7);
        var app = new SimulatedApp(simulator, shedding);
        var mean = ServiceTimesExtensions.Mean;
        var server = new SlotServer(simulator, name switch { "fewer-slots" => 16, "slower" => 10_000, _ => 8 }, () => simulator.Exponential(mean));
        Func<double, double> load = static _ => Capacity;
        switch (name)
        {
            case "overload":
                load = static at => at is > 20 and < 50 ? 2 * Capacity : 0.5 * Capacity;
                break;
            case "fewer-slots":
                simulator.At(20.0, () => server.Slots = 4);
                simulator.At(50.0, () => server.Slots = 16);
                load = static _ => 1.25 * Capacity;
                break;
            case "slower":
                simulator.At(20.0, () => mean = 0.200);
                simulator.At(50.0, () => mean = ServiceTimesExtensions.Mean);
                break;
            case "varied":
                load = static at => Capacity * (0.4 + (0.25 * Math.Sin(at / 7)) + (at % 20 < 2 ? 0.15 : 0));
                break;
        }

        simulator.Arrivals(load, seconds, () => app.Arrive("GET /orders", server));
        simulator.Run(seconds + 2);
        return app.Requests;
    }

    private static bool IsGood(SimulatedRequest request) => request.Outcome == SimulatedOutcome.Answered;

    private static IEnumerable<double> PerSecond(List<SimulatedRequest> requests, double seconds, Func<SimulatedRequest, bool> which)
    {
        var counts = requests.Where(which).GroupBy(static request => (int)request.Since).ToDictionary(static group => group.Key, static group => (double)group.Count());
        return Enumerable.Range(0, (int)seconds).Select(second => counts.GetValueOrDefault(second));
    }
}
