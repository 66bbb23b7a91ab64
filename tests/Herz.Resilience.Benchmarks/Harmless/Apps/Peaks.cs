using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Traffic peaks that the app can serve.</summary>
internal static class Peaks
{
    public static readonly HealthyApp[] All =
    [
        new("cron-peak", "15/s; twice, ten times as much for 2 s", Map, static visitor => Task.WhenAll(
            visitor.PaceAsync(15, 12, _ => visitor.GetAsync("/orders?ms=30")),
            visitor.LaterAsync(3, () => visitor.PaceAsync(135, 2, _ => visitor.GetAsync("/orders?ms=30"))),
            visitor.LaterAsync(8, () => visitor.PaceAsync(135, 2, _ => visitor.GetAsync("/orders?ms=30"))))) { Field = "A3" },

        new("ramp", "a campaign: from 5/s to 200/s within 10 s", Map, static visitor => Task.WhenAll(Enumerable.Range(0, 13).Select(step =>
            visitor.LaterAsync(step * 0.75, () => visitor.PaceAsync(15, 10 - (step * 0.75), _ => visitor.GetAsync("/orders?ms=30")))))) { Field = "A3" },

        new("webhook-bursts", "bursts of 100 webhooks over new connections, stored sequentially in 4 ms each", MapStore, static async visitor =>
        {
            for (var burst = 0; burst < 5; burst++)
            {
                await Visitor.AllAsync(100, index => visitor.PostAsync("/webhooks", JsonContent.Create(index), new(Body: "stored")));
                await Task.Delay(visitor.Scaled(1.5));
            }
        }) { Field = "A12" },

        new("batch-client", "a client that repeatedly sends 200 concurrent requests over HTTP/1.1", Map, static async visitor =>
        {
            for (var batch = 0; batch < 4; batch++)
            {
                await Visitor.AllAsync(200, _ => visitor.GetAsync("/orders?ms=50"));
                await Task.Delay(visitor.Scaled(1.5));
            }
        }) { Field = "A12" },

        new("batch-client-h2", "400 concurrent HTTP/2 requests of 20 to 300 ms", Map, static async visitor =>
        {
            var client = visitor.NewClient(http2: true);
            for (var batch = 0; batch < 3; batch++)
            {
                await Visitor.AllAsync(400, index => visitor.GetAsync($"/orders?ms={SeededRandom.Between(31, index, 20, 300)}", client: client));
                await Task.Delay(visitor.Scaled(1.5));
            }
        }) { Field = "A12" },

        new("batch-small-pool", "bursts of 150 requests that share eight slots of 10 ms, after low load", MapPool, static visitor => Task.WhenAll(
            visitor.PaceAsync(20, 10, _ => visitor.GetAsync("/pool")),
            visitor.LaterAsync(3, () => Visitor.AllAsync(150, _ => visitor.GetAsync("/pool"))),
            visitor.LaterAsync(7, () => Visitor.AllAsync(150, _ => visitor.GetAsync("/pool"))))) { Field = "A3" },

        new("steady-pool", "eight slots of 20 ms at 60 % of their capacity", MapPool, static visitor => visitor.PaceAsync(240, 8, _ => visitor.GetAsync("/pool?ms=20", new(Within: TimeSpan.FromSeconds(4))))),
    ];

    private static void Map(WebApplication app) => app.MapDependency("/orders");

    private static void MapStore(WebApplication app)
    {
        var store = new SemaphoreSlim(1);
        app.MapPost("/webhooks", async ([Microsoft.AspNetCore.Mvc.FromBody] int _, CancellationToken cancellation) =>
        {
            await store.WaitAsync(cancellation);
            try
            {
                await Task.Delay(4, cancellation);
            }
            finally
            {
                store.Release();
            }

            return "stored";
        });
    }

    private static void MapPool(WebApplication app)
    {
        var slots = new SemaphoreSlim(8);
        app.MapGet("/pool", async (int? ms, CancellationToken cancellation) =>
        {
            await slots.WaitAsync(cancellation);
            try
            {
                await Task.Delay(ms ?? 10, cancellation);
            }
            finally
            {
                slots.Release();
            }

            return "done";
        });
    }
}
