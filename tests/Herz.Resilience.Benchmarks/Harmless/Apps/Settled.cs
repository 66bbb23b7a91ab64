using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>
/// Apps with low load until all measurements are complete, and common disturbances afterwards.
/// </summary>
internal static class Settled
{
    private const int CalmSeconds = 45;

    public static readonly HealthyApp[] All =
    [
        new("settled-endpoints", "eight endpoints with low load for 45 s; then slowness, bursts, errors, slow uploads, disconnecting clients, slow tails", static app =>
        {
            foreach (var path in (string[])["/slower", "/burst", "/errors", "/leaving", "/tail", "/flush", "/quiet"])
            {
                app.MapDependency(path);
            }

            Uploads.Map(app);
        }, DisturbAsync) { Field = "A3", HasFixedTimes = true },

        new("settled-then-held", "low load for 45 s, then the process is stopped three times for 1.5 s", Pauses.MapSteps, static visitor => Task.WhenAll(
            visitor.PaceAsync(25, CalmSeconds + 13, _ => visitor.GetAsync("/steps", new(Body: "done"))),
            HoldAsync(visitor, 1), HoldAsync(visitor, 5), HoldAsync(visitor, 8))) { Field = "A17", HasFixedTimes = true },
    ];

    private static Task HoldAsync(Visitor visitor, double after) =>
        visitor.LaterAsync(CalmSeconds + after, () => visitor.Server.HoldAsync(TimeSpan.FromSeconds(1.5)));

    private static Task DisturbAsync(Visitor visitor) => Task.WhenAll(
        GetAsync(visitor, "/slower", static time => time is > 1 and < 6 ? 220 : 20),
        GetAsync(visitor, "/flush", static time => time is > 3 and < 4 ? 400 : 5),
        GetAsync(visitor, "/quiet", static _ => 20),
        visitor.PaceAsync(8, CalmSeconds + 13, index => visitor.GetAsync($"/tail?ms={(SeededRandom.Of(71, index) < 0.02 ? 400 : 15)}", new(Body: Dependency.Body))),
        visitor.PaceAsync(8, CalmSeconds + 13, index =>
        {
            var fails = SeededRandom.Of(72, index) < 0.02 || (index > 8 * (CalmSeconds + 4) && index < (8 * (CalmSeconds + 4)) + 4);
            return visitor.GetAsync($"/errors?fail={fails}", new(Body: Dependency.Body, Fails: fails));
        }),
        Task.WhenAll(
            GetAsync(visitor, "/burst", static _ => 30),
            visitor.LaterAsync(CalmSeconds + 2, () => Visitor.AllAsync(150, _ => visitor.GetAsync("/burst?ms=30"))),
            visitor.LaterAsync(CalmSeconds + 7, () => Visitor.AllAsync(150, _ => visitor.GetAsync("/burst?ms=30")))),
        visitor.PaceAsync(8, CalmSeconds + 13, index => index < 8 * CalmSeconds || index % 2 == 0
            ? visitor.GetAsync("/leaving?ms=60")
            : visitor.AttemptAsync("a client that disconnects", Expected.Ok, () =>
                RawClient.LeaveAsync(visitor.Http1, "GET", "/leaving?ms=60", TimeSpan.FromMilliseconds(SeededRandom.Between(73, index, 0, 80))))),
        visitor.PaceAsync(8, CalmSeconds + 13, index => Uploads.CopyAsync(
            visitor, 2_000, TimeSpan.FromMilliseconds(index > 8 * CalmSeconds && index % 4 == 0 ? 350 : 1), pieces: 4)));

    // Time 0 is the end of the low load.
    private static Task GetAsync(Visitor visitor, string path, Func<double, int> milliseconds)
    {
        const double PerSecond = 20;
        return visitor.PaceAsync(PerSecond, CalmSeconds + 13, index => visitor.GetAsync(
            $"{path}?ms={milliseconds((index / PerSecond) - CalmSeconds)}", new(Body: Dependency.Body)));
    }
}
