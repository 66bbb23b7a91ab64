using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>
/// A shared dependency without a concurrency limit that becomes slower for all requests at the same time: not an overload. Each
/// request takes 0.6 to 1.4 times the duration at its time.
/// </summary>
internal static class Times
{
    public static readonly HealthyApp[] All =
    [
        Row("slower-for-a-while", "100/s; 20 ms, then 200 ms for 5 s, then 20 ms", 100, static time => time is > 4 and < 9 ? 200 : 20),
        Row("slower-for-a-while-30", "30/s; 20 ms, then 200 ms for 5 s, then 20 ms", 30, static time => time is > 4 and < 9 ? 200 : 20),
        Row("slower-for-good", "100/s; 20 ms, then 350 ms permanently", 100, static time => time > 4 ? 350 : 20),
        Row("slower-than-a-tier", "50/s; 20 ms, then 1 s permanently", 50, static time => time > 4 ? 1_000 : 20),
        Row("slower-in-waves", "100/s; a dependency that oscillates between 20 and 220 ms with a period of 3 s", 100, static time => (int)(120 - (100 * Math.Cos(time * 2 * Math.PI / 3)))),
        Row("slower-in-jumps", "60/s; every second another duration between 10 and 400 ms, equal for all requests", 60, static time => SeededRandom.Between(11, (int)time, 10, 400)),
        Row("cache-flush", "100/s of 5 ms; after a cache flush, all requests take 400 ms for 1 s", 100, static time => time is (> 3 and < 4) or (> 8 and < 9) ? 400 : 5),
        Row("cache-cold-keys", "100/s; 1 in 10 misses the cache and takes 300 ms, in runs", 100, static time => SeededRandom.Of(12, (int)(time * 5)) < 0.1 ? 300 : 3),
    ];

    private static HealthyApp Row(string name, string title, double perSecond, Func<double, int> milliseconds) => new(name, title, static app =>
        app.MapDependency("/orders"), visitor => visitor.PaceAsync(perSecond, 13, index =>
        {
            // The times of a row refer to a run of 13 s.
            var time = index / perSecond / visitor.Scaled(1).TotalSeconds;
            var spread = 0.6 + (0.8 * SeededRandom.Of(13, index));
            return visitor.GetAsync($"/orders?ms={(int)(milliseconds(time) * spread)}", new(Body: Dependency.Body));
        })) { Field = "A3" };
}
