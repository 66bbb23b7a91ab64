using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>
/// A shared dependency that serves any number at once and becomes slower, for all at the same moment: no overload. Each request takes
/// 0.6 to 1.4 of what is usual at its moment.
/// </summary>
internal static class Times
{
    public static readonly HealthyApp[] All =
    [
        Row("slower-for-a-while", "100/s; 20 ms, for 5 s 200 ms, then 20 ms", 100, static time => time is > 4 and < 9 ? 200 : 20),
        Row("slower-for-a-while-30", "30/s; 20 ms, for 5 s 200 ms, then 20 ms", 30, static time => time is > 4 and < 9 ? 200 : 20),
        Row("slower-for-good", "100/s; 20 ms, then 350 ms for good", 100, static time => time > 4 ? 350 : 20),
        Row("slower-than-a-tier", "50/s; 20 ms, then 1 s for good", 50, static time => time > 4 ? 1_000 : 20),
        Row("slower-in-waves", "100/s; a dependency that swings between 20 and 220 ms every 3 s", 100, static time => (int)(120 - (100 * Math.Cos(time * 2 * Math.PI / 3)))),
        Row("slower-in-jumps", "60/s; each second a level of its own between 10 and 400 ms, all alike", 60, static time => Fate.Between(11, (int)time, 10, 400)),
        Row("cache-flush", "100/s of 5 ms; when a cache is flushed, all of 1 s take 400 ms", 100, static time => time is (> 3 and < 4) or (> 8 and < 9) ? 400 : 5),
        Row("cache-cold-keys", "100/s; one in ten misses the cache and takes 300 ms, in runs", 100, static time => Fate.Of(12, (int)(time * 5)) < 0.1 ? 300 : 3),
    ];

    private static HealthyApp Row(string name, string title, double perSecond, Func<double, int> milliseconds) => new(name, title, static app =>
        app.MapDependency("/orders"), visitor => visitor.PaceAsync(perSecond, 13, index =>
        {
            // The times of a row are those of a run of 13 s.
            var time = index / perSecond / visitor.Scaled(1).TotalSeconds;
            var spread = 0.6 + (0.8 * Fate.Of(13, index));
            return visitor.GetAsync($"/orders?ms={(int)(milliseconds(time) * spread)}", new(Body: Dependency.Body));
        })) { Field = "A3" };
}
