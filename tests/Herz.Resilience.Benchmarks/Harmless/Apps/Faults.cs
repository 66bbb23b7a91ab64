using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Errors that are normal, or end before a refusal would help.</summary>
internal static class Faults
{
    public static readonly HealthyApp[] All =
    [
        Row("errors-independent", "60/s with 2 % of independent errors", 60, static (index, _) => SeededRandom.Of(2, index) < 0.02),
        Row("errors-slow-traffic", "10/s with less than 2 % of errors; the first error is request 20", 10, static (index, _) => index % 60 == 19),
        Row("errors-in-runs", "60/s; three consecutive errors every 4 s", 60, static (index, _) => index % 240 is >= 15 and < 18),
        Row("errors-usual", "60/s to an endpoint with a constant error rate of 10 %", 60, static (index, _) => SeededRandom.Of(3, index) < 0.10),
        Row("blip-of-errors", "20/s; every third request fails for 2 s", 20, static (index, time) => time is > 4 and < 6 && index % 3 == 0),
        Row("blip-down", "20/s; all requests fail for 1 s", 20, static (_, time) => time is > 4 and < 5),
        Row("blip-down-longer", "20/s; all requests fail for 2 s", 20, static (_, time) => time is > 4 and < 6),
        Row("blip-failover", "30/s; a database failover: all requests fail for 1 s, then take 500 ms for 1 s", 30,
            static (_, time) => time is > 4 and < 5, static time => time is > 5 and < 6 ? 500 : 10),
    ];

    private static HealthyApp Row(string name, string title, double perSecond, Func<int, double, bool> fails, Func<double, int>? milliseconds = null) => new(name, title, static app =>
        app.MapDependency("/orders"), visitor => visitor.PaceAsync(perSecond, 13, index =>
        {
            // The duration of an incident does not depend on the length of the run.
            var time = index / perSecond;
            var failing = fails(index, time);
            return visitor.GetAsync($"/orders?fail={failing}&ms={milliseconds?.Invoke(time) ?? 5}", new(Body: Dependency.Body, Fails: failing));
        })) { Field = "A7" };
}
