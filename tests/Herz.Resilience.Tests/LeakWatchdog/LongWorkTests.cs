using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Windows;

namespace Herz.Resilience.Tests.LeakWatchdog;

/// <summary>Work that lasts for many windows and then ends: as much ends as starts, so it does not grow.</summary>
[Collection(CapturesOfOneProcess.Name)]
public sealed class LongWorkTests
{
    private const int Lasts = 8;
    private const int PerWindow = 4;

    private readonly Queue<(int Ends, TaskCompletionSource Gate)> _running = new();
    private readonly List<TaskCompletionSource> _never = [];
    private int _minute;

    [Fact]
    public async Task DownloadsOfEightMinutes_AreNotReported()
    {
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/video", async (HttpContext context) =>
        {
            var end = Begin();
            await context.Response.WriteAsync("frame");
            await context.Response.Body.FlushAsync();
            await end;
        }));
        for (; _minute < 30; _minute++)
        {
            await EndAsync();
            for (var i = 0; i < PerWindow; i++)
            {
                _ = await app.Client.GetAsync("/video", HttpCompletionOption.ResponseHeadersRead);
            }

            await app.PassWindowAsync();
        }

        Assert.Empty(app.Board.History);
        _minute = int.MaxValue - Lasts;
        await EndAsync();
    }

    // As many end as start, so that the count of each window stays the same for long.
    [Fact]
    public async Task DownloadsOfTwentyMinutes_AreNotReported()
    {
        var ends = new List<TaskCompletionSource>();
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/video", async (HttpContext context) =>
        {
            var end = new TaskCompletionSource();
            lock (ends)
            {
                ends.Add(end);
            }

            await context.Response.WriteAsync("frame");
            await context.Response.Body.FlushAsync();
            await end.Task;
        }));
        for (var window = 0; window < 40; window++)
        {
            for (var i = 0; i < PerWindow; i++)
            {
                _ = await app.Client.GetAsync("/video", HttpCompletionOption.ResponseHeadersRead);
            }

            if (window >= 20)
            {
                ends.GetRange((window - 20) * PerWindow, PerWindow).ForEach(static end => end.SetResult());
            }

            await app.PassWindowAsync();
        }

        Assert.Empty(app.Board.History);
        Assert.Equal(20 * PerWindow, ends.Count(static end => !end.Task.IsCompleted));
        Assert.True(app.Services.GetRequiredService<RequestTracker>().Lasting > 0);
        ends.ForEach(static end => end.TrySetResult());
    }

    [Fact]
    public async Task AfterworkOfEightMinutes_IsClearedAfterItEnds_AndNotReportedAgain()
    {
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/order", () => { _ = AwaitAsync(Begin()); }));
        for (; _minute < 60; _minute++)
        {
            await EndAsync();
            await app.SendAsync("/order", PerWindow);
            await app.PassWindowAsync();
        }

        Assert.Equal([LeakStatus.Suspected, LeakStatus.Cleared], app.Board.History.Select(static change => change.Status).Where(static status => status != LeakStatus.Growing));
    }

    [Fact]
    public async Task StreamsOfAnEndpointWithLeakingRequests_AreNotNamed()
    {
        var end = new TaskCompletionSource();
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/graphql", async (HttpContext context) =>
        {
            if (context.Request.Headers.Accept.Count == 0)
            {
                _ = LeakAsync();
                return;
            }

            await SubscribeAsync(context, end.Task);
        }));
        var streams = new List<HttpResponseMessage>();
        for (var window = 0; window < 8; window++)
        {
            await app.SendAsync("/graphql", 5);
            for (var i = 0; i < PerWindow; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/graphql");
                request.Headers.Add("Accept", "application/json, text/event-stream");
                streams.Add(await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
            }

            await app.PassWindowAsync();
        }

        Assert.EndsWith(nameof(LeakAsync), Assert.Single(app.Board.Current).Method, StringComparison.Ordinal);
        end.SetResult();
        streams.ForEach(static stream => stream.Dispose());
    }

    private static async Task AwaitAsync(Task task) => await task;

    private static async Task SubscribeAsync(HttpContext context, Task end)
    {
        await context.Response.WriteAsync("data: hello\n\n");
        await context.Response.Body.FlushAsync();
        await end;
    }

    private async Task LeakAsync()
    {
        var never = new TaskCompletionSource();
        _never.Add(never);
        await never.Task;
    }

    private Task Begin()
    {
        var gate = new TaskCompletionSource();
        lock (_running)
        {
            _running.Enqueue((_minute + Lasts, gate));
        }

        return gate.Task;
    }

    private async Task EndAsync()
    {
        while (_running.TryPeek(out var first) && first.Ends <= _minute)
        {
            _running.Dequeue().Gate.SetResult();
        }

        // The released work ends on the thread pool.
        await Task.Yield();
    }
}
