using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Processes that are stopped, or have too few threads or too little CPU, for some time.</summary>
internal static class Pauses
{
    public static readonly HealthyApp[] All =
    [
        new("blocking-loop", "a handler that blocks 11 ms, 48 clients in a closed loop", static app => app.MapGet("/blocking", static () =>
        {
            Thread.Sleep(11);
            return "done";
        }), static visitor => visitor.LoopAsync(48, 12, (_, _) => visitor.GetAsync("/blocking", new(Body: "done")))) { Field = "A1", IsAlone = true },

        new("blocking-sometimes", "60/s; every 3 s, 20 concurrent requests block for 200 ms", static app =>
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

        new("cpu-bursts", "40/s of 10 ms; every 2 s, two concurrent reports take 300 ms of CPU", static app =>
        {
            app.MapDependency("/orders");
            app.MapGet("/report", static () => Spin(300));
        }, static visitor => Task.WhenAll(
            visitor.PaceAsync(40, 10, _ => visitor.GetAsync("/orders?ms=10", new(Body: Dependency.Body))),
            visitor.PaceAsync(0.5, 10, _ => Visitor.AllAsync(2, _ => visitor.GetAsync("/report", new(Body: "spun")))))) { IsAlone = true },

        new("cpu-beside", "40/s of 10 ms alongside a background job that uses one core from the start", static app =>
        {
            app.MapDependency("/orders");
            var job = new Thread(() =>
            {
                while (!app.Lifetime.ApplicationStopping.IsCancellationRequested)
                {
                    Spin(100);
                }
            }) { IsBackground = true };
            app.Lifetime.ApplicationStarted.Register(job.Start);
        }, static visitor => visitor.PaceAsync(40, 8, _ => visitor.GetAsync("/orders?ms=10", new(Body: Dependency.Body)))) { IsAlone = true },

        new("gc-pauses", "50/s alongside a heap of 400 MB that is collected and compacted every second", MapGarbage, static visitor =>
            visitor.PaceAsync(50, 10, _ => visitor.GetAsync("/orders?ms=20", new(Body: Dependency.Body)))) { IsAlone = true },

        new("process-held", "40/s of three awaits of 100 ms with the token; the process is stopped twice for 2 s", MapSteps, static visitor => Task.WhenAll(
            visitor.PaceAsync(40, 12, _ => visitor.GetAsync("/steps", new(Body: "done", Within: TimeSpan.FromSeconds(7)))), HoldAsync(visitor, 3, 2), HoldAsync(visitor, 8, 2))) { Field = "A17" },

        new("process-held-at-start", "40/s of 200 ms; the process is stopped in its first second", static app => app.MapDependency("/orders"), static async visitor =>
        {
            await Task.WhenAll(
                visitor.PaceAsync(40, 8, _ => visitor.GetAsync("/orders?ms=200", new(Body: Dependency.Body))),
                HoldAsync(visitor, 0.5, 2),
                HoldAsync(visitor, 5, 0.5));
        }) { Field = "A17" },
    ];

    /// <summary>Three awaits of 100 ms, each with the token of the request.</summary>
    public static void MapSteps(WebApplication app) => app.MapGet("/steps", static async (CancellationToken cancellation) =>
    {
        for (var step = 0; step < 3; step++)
        {
            await Task.Delay(100, cancellation);
        }

        return "done";
    });

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

    private static string Spin(int milliseconds)
    {
        for (var until = Environment.TickCount64 + milliseconds; Environment.TickCount64 < until;)
        {
            Thread.SpinWait(1_000);
        }

        return "spun";
    }

    private static Task HoldAsync(Visitor visitor, double after, double seconds) =>
        visitor.LaterAsync(after, () => visitor.Server.HoldAsync(TimeSpan.FromSeconds(seconds)));
}
