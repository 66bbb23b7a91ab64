using Herz.Resilience.Benchmarks.Harmless.Clients;
using Herz.Resilience.Benchmarks.Harmless.Servers;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Complete apps with all kinds of clients.</summary>
internal static class Mixtures
{
    public static readonly HealthyApp[] All =
    [
        new("shop", "a shop: browsing, searches, orders from phones, photos, a payment service, disconnecting clients, 1 % of errors", static app =>
        {
            Uploads.Map(app);
            app.MapDependency("/search");
            app.MapDependency("/products/{id:int}");
            var payments = Backend.Start(app, static backend => backend.MapPost("/pay", static async (int ms) =>
            {
                await Task.Delay(ms);
                return "paid";
            }));
            app.MapPost("/pay", async (int ms, CancellationToken cancellation) =>
            {
                using var answer = await app.Services.GetRequiredService<IHttpClientFactory>().CreateClient().PostAsync(new Uri(payments, $"/pay?ms={ms}"), null, cancellation);
                return await answer.Content.ReadAsStringAsync(cancellation);
            });
        }, static visitor => Task.WhenAll(
            visitor.PaceAsync(40, 13, index => visitor.GetAsync(
                $"/products/{index}?ms={Shared(index / 40.0)}&fail={SeededRandom.Of(61, index) < 0.01}", new(Body: Dependency.Body, Fails: SeededRandom.Of(61, index) < 0.01))),
            visitor.PaceAsync(10, 13, index => visitor.GetAsync($"/search?ms={Shared(index / 10.0) * (SeededRandom.Of(62, index) < 0.05 ? 10 : 2)}", new(Body: Dependency.Body))),
            visitor.PaceAsync(4, 13, index => visitor.PostAsync(
                "/orders", new TricklingContent("{\"id\":7}"u8.ToArray(), 2, TimeSpan.FromMilliseconds(SeededRandom.Between(63, index, 5, 600)), "application/json"), new(Body: "order 7"))),
            visitor.PaceAsync(1, 13, _ => Uploads.CopyAsync(visitor, 1_000_000, TimeSpan.FromMilliseconds(120))),
            visitor.PaceAsync(3, 13, index => visitor.PostAsync($"/pay?ms={SeededRandom.Between(64, index, 200, 1_500)}", new StringContent(""), new(Body: "paid"))),
            visitor.PaceAsync(5, 13, index => visitor.AttemptAsync("a client that disconnects", Expected.Ok, () =>
                RawClient.LeaveAsync(visitor.Http1, "GET", "/search?ms=200", TimeSpan.FromMilliseconds(SeededRandom.Between(65, index, 0, 200)), inOrder: index % 2 == 0)))))
        {
            Configure = static builder => builder.Services.AddHttpClient(),
        },
    ];

    // Duration of the database at a time, equal for all requests; fast and slow periods alternate.
    private static int Shared(double time) => SeededRandom.Of(66, (int)(time / 2)) < 0.3 ? 180 : 25;
}
