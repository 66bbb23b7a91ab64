using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Tests.Pipeline;

/// <summary>
/// Limits the bytes that the default bundle allocates per request, compared with the same pipeline without it. Allocation on one thread
/// is exact, so this guards the figure that the macro benchmark measures end to end.
/// </summary>
public class RequestCostTests
{
    private const int Requests = 2_000;
#if DEBUG
    // Without optimization, each state machine is a separate class in addition to its box.
    private const int Budget = 350 + 64;
#else
    private const int Budget = 350;
#endif

    [Fact]
    public void EndpointThatCompletesSynchronously_StaysWithinTheBudget() =>
        AssertWithinBudget(static _ => Task.CompletedTask, static () => { });

    [Fact]
    public void EndpointThatAwaits_StaysWithinTheBudget()
    {
        var gate = new Gate();
        AssertWithinBudget(
            async _ => await gate.Task,
            gate.Open);
    }

    private static void AssertWithinBudget(RequestDelegate endpoint, Action afterwards)
    {
        var bare = Measure(endpoint, afterwards, bundled: false);
        var bundled = Measure(endpoint, afterwards, bundled: true);

        Assert.InRange(bundled - bare, 1, Budget);
    }

    private static long Measure(RequestDelegate endpoint, Action afterwards, bool bundled)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (bundled)
        {
            builder.UseHerzResilience();
        }

        using var services = builder.Services.BuildServiceProvider();
        _ = services.GetServices<IHostedService>().ToArray();
        var app = new ApplicationBuilder(services);
        if (bundled)
        {
            app.UseHerzResilience();
        }

        app.UseRouting();
        app.UseEndpoints(routes => routes.MapGet("/orders/{id}", endpoint));
        var pipeline = app.Build();

        // The first runs compile code, fill pools and create metric series.
        Run(pipeline, services, afterwards, 500);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(pipeline, services, afterwards, Requests);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Requests;
    }

    private static void Run(RequestDelegate pipeline, IServiceProvider services, Action afterwards, int requests)
    {
        var lifetime = new HttpRequestLifetimeFeature();
        for (var i = 0; i < requests; i++)
        {
            var context = new DefaultHttpContext { RequestServices = services };
            context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
            context.Connection.RemoteIpAddress = IPAddress.Loopback;
            context.Request.Method = "GET";
            context.Request.Path = "/orders/7";
            var running = pipeline(context);
            afterwards();
            Assert.True(running.IsCompletedSuccessfully);
            Assert.Equal(200, context.Response.StatusCode);
        }
    }

    /// <summary>Waiting code continues inside <see cref="Open"/>, on the same thread.</summary>
    private sealed class Gate
    {
        private TaskCompletionSource _source = new();

        public Task Task => _source.Task;

        public void Open() => Interlocked.Exchange(ref _source, new TaskCompletionSource()).SetResult();
    }
}
