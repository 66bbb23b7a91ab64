using Herz.Resilience.Benchmarks.Harmless.Clients;
using Herz.Resilience.Benchmarks.Harmless.Servers;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Processes that start and exit.</summary>
internal static class Starts
{
    public static readonly HealthyApp[] All =
    [
        new("cold-start", "the first use takes 1.5 s (model, pool, keys); 50/s from the start of the process", MapCold, static visitor =>
            visitor.PaceAsync(50, 8, _ => visitor.GetAsync("/first", new(Body: "used", Within: TimeSpan.FromSeconds(6))))) { Field = "A8" },

        new("cold-start-later", "an endpoint of a warm process whose first use, after 3 s, takes 1.2 s", static app =>
        {
            MapCold(app);
            app.MapDependency("/orders");
        }, static visitor => Task.WhenAll(
            visitor.PaceAsync(40, 8, _ => visitor.GetAsync("/orders?ms=10")),
            visitor.LaterAsync(3, () => visitor.PaceAsync(30, 5, _ => visitor.GetAsync("/first?ms=1200", new(Body: "used")))))) { Field = "A8" },

        new("cold-cpu", "a process whose first request takes 1 s of CPU for compilation and configuration, at 30/s", static app =>
        {
            var spent = new Lazy<int>(static () =>
            {
                for (var until = Environment.TickCount64 + 1_000; Environment.TickCount64 < until;)
                {
                    Thread.SpinWait(1_000);
                }

                return 1;
            });
            app.MapGet("/first", () => spent.Value > 0 ? "used" : "");
        }, static visitor => visitor.PaceAsync(30, 8, _ => visitor.GetAsync("/first", new(Body: "used")))) { Field = "A8" },

        new("idle-then-busy", "idle for 4 s, then 100 concurrent requests and 40/s", static app => app.MapDependency("/orders"), static async visitor =>
        {
            await visitor.PaceAsync(40, 2, _ => visitor.GetAsync("/orders?ms=20"));
            await Task.Delay(visitor.Scaled(4));
            await Task.WhenAll(
                Visitor.AllAsync(100, _ => visitor.GetAsync("/orders?ms=20")),
                visitor.PaceAsync(40, 4, _ => visitor.GetAsync("/orders?ms=20")));
        }),

        new("deploy", "a deployment during the load: a new process gets the traffic, the old one completes its requests of 300 ms", static app => app.MapDependency("/orders"), DeployAsync),
    ];

    private static void MapCold(WebApplication app)
    {
        var gate = new Lock();
        Task? first = null;
        app.MapGet("/first", async (int? ms, CancellationToken cancellation) =>
        {
            lock (gate)
            {
                first ??= Task.Delay(ms ?? 1_500, CancellationToken.None);
            }

            await first.WaitAsync(cancellation);
            await Task.Delay(5, cancellation);
            return "used";
        });
    }

    private static async Task DeployAsync(Visitor visitor)
    {
        var next = AppProcess.StartAsync("deploy", visitor.IsGuarded);
        await Task.WhenAll(
            visitor.PaceAsync(30, 10, index => visitor.GetAsync(new Uri(visitor.Http1, "/orders?ms=300").ToString(), new(Body: Dependency.Body))),
            visitor.LaterAsync(4, async () =>
            {
                var old = visitor.Server;
                visitor.Server = await next;
                await Task.Delay(50);
                await old.StopAsync();
                old.Dispose();
            }));
    }
}
