using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Processes that are held for a while or have too few threads for a while; each of these rows runs alone.</summary>
internal static class Pauses
{
    public static readonly HealthyApp[] All =
    [
        new("blocking-loop", "a handler that blocks 11 ms, 48 clients in closed loop, then idle", static app => app.MapGet("/blocking", static () =>
        {
            Thread.Sleep(11);
            return "done";
        }), static visitor => visitor.LoopAsync(48, 12, (_, _) => visitor.GetAsync("/blocking", new(Body: "done")))) { Field = "A1", IsAlone = true },

        new("blocking-sometimes", "60/s, of which each 3 s twenty block for 200 ms at once", static app =>
        {
            app.MapDependency("/orders");
            app.MapGet("/blocking", static () =>
            {
                Thread.Sleep(200);
                return "done";
            });
        }, static async visitor => await Task.WhenAll(
            visitor.PaceAsync(60, 10, _ => visitor.GetAsync("/orders?ms=10", new(Body: Dependency.Body))),
            visitor.PaceAsync(0.34, 9, _ => Visitor.AllAsync(20, _ => visitor.GetAsync("/blocking", new(Body: "done")))))) { IsAlone = true },

        new("gc-pauses", "50/s beside a heap of 400 MB that is collected and compacted each second", MapGarbage, static visitor =>
            visitor.PaceAsync(50, 10, _ => visitor.GetAsync("/orders?ms=20", new(Body: Dependency.Body)))) { IsAlone = true },

        new("process-held", "40/s of three awaits of 100 ms with the token; the process is held twice for 2 s", static app =>
            app.MapGet("/steps", static async (CancellationToken cancellation) =>
            {
                for (var step = 0; step < 3; step++)
                {
                    await Task.Delay(100, cancellation);
                }

                return "done";
            }), static visitor => Task.WhenAll(
            visitor.PaceAsync(40, 12, _ => visitor.GetAsync("/steps", new(Body: "done"))), HoldAsync(visitor))) { Field = "A17", IsAlone = true },

        new("process-held-at-start", "the same, held in the first second of the process", static app => app.MapDependency("/orders"), static async visitor =>
        {
            await Task.WhenAll(
                visitor.PaceAsync(40, 8, _ => visitor.GetAsync("/orders?ms=200", new(Body: Dependency.Body))),
                HoldOnceAsync(visitor, 0.5, 2),
                HoldOnceAsync(visitor, 5, 0.5));
        }) { Field = "A17", IsAlone = true },
    ];

    private static void MapGarbage(WebApplication app)
    {
        app.MapDependency("/orders");
        var heap = new byte[400_000][];
        for (var index = 0; index < heap.Length; index++)
        {
            heap[index] = new byte[1_000];
        }

        var collecting = new Timer(static state =>
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.KeepAlive(state);
        }, heap, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        app.Lifetime.ApplicationStopped.Register(collecting.Dispose);
    }

    private static async Task HoldAsync(Visitor visitor)
    {
        await HoldOnceAsync(visitor, 3, 2);
        await HoldOnceAsync(visitor, 3, 2);
    }

    private static async Task HoldOnceAsync(Visitor visitor, double after, double seconds)
    {
        await Task.Delay(visitor.Scaled(after));
        await visitor.Server.HoldAsync(TimeSpan.FromSeconds(seconds));
    }
}
