using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Errors that are usual, or pass before anything could be gained from refusing.</summary>
internal static class Faults
{
    public static readonly HealthyApp[] All =
    [
        Row("errors-independent", "60/s with 2 % of independent errors", 60, static (index, _) => Fate.Of(2, index) < 0.02),
        Row("errors-slow-traffic", "10/s with less than 2 % of errors, of which one is the twentieth request", 10, static (index, _) => index % 60 == 19),
        Row("errors-in-runs", "60/s; each 4 s a run of three errors", 60, static (index, _) => index % 240 is >= 15 and < 18),
        Row("errors-usual", "60/s of an endpoint of which 10 % fail as usual", 60, static (index, _) => Fate.Of(3, index) < 0.10),
        Row("blip-of-errors", "20/s; for 2 s every third fails", 20, static (index, time) => time is > 4 and < 6 && index % 3 == 0),
        Row("blip-down", "20/s; for 1 s a dependency fails all", 20, static (_, time) => time is > 4 and < 5),
        Row("blip-down-longer", "20/s; for 2 s a dependency fails all", 20, static (_, time) => time is > 4 and < 6),
        Row("blip-failover", "30/s; a database fails over: for 1 s all fail, the next second takes 500 ms", 30,
            static (_, time) => time is > 4 and < 5, static time => time is > 5 and < 6 ? 500 : 10),
    ];

    private static HealthyApp Row(string name, string title, double perSecond, Func<int, double, bool> fails, Func<double, int>? milliseconds = null) => new(name, title, static app =>
        app.MapDependency("/orders"), visitor => visitor.PaceAsync(perSecond, 13, index =>
        {
            // An incident takes as long however long the run is.
            var time = index / perSecond;
            var failing = fails(index, time);
            return visitor.GetAsync($"/orders?fail={failing}&ms={milliseconds?.Invoke(time) ?? 5}", new(Body: Dependency.Body, Fails: failing));
        })) { Field = "A7" };
}
