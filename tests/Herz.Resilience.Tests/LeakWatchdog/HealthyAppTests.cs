using Herz.Resilience.LeakWatchdog.Windows;

namespace Herz.Resilience.Tests.LeakWatchdog;

/// <summary>Healthy work that looks like a leak must not be reported, over eight windows in a real app.</summary>
[Collection(CapturesOfOneProcess.Name)]
public sealed class HealthyAppTests
{
    private const int Windows = 8;
    private const int PerWindow = 15;

    public static TheoryData<string> Endpoints => [.. LookAlikes.All];

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task LookAlike_IsNotReported(string endpoint)
    {
        using var endpoints = new LookAlikes();
        await using var app = await WatchedApp.StartAsync(endpoints.Map, build: static builder => builder.Services.AddMemoryCache().AddScoped<LookAlikes.Scoped>());

        await app.RunAsync(Windows, "/" + endpoint, PerWindow);

        Assert.Equal(Windows * PerWindow, endpoints.Requests);
        Assert.Empty(app.Board.History);
    }

    [Fact]
    public async Task EventStreamsThatStayOpen_AreNotReported()
    {
        var gate = new TaskCompletionSource();
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/events", async (HttpContext context) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: hello\n\n");
            await context.Response.Body.FlushAsync();
            await gate.Task;
        }));
        var streams = new List<HttpResponseMessage>();
        for (var window = 0; window < Windows; window++)
        {
            for (var i = 0; i < 3; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/events");
                request.Headers.Add("Accept", "text/event-stream");
                streams.Add(await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
            }

            await app.PassWindowAsync();
        }

        Assert.Empty(app.Board.History);
        gate.SetResult();
        streams.ForEach(static stream => stream.Dispose());
    }

    [Fact]
    public async Task IdleConnections_HoldNoToken()
    {
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/", static () => "ok"));
        var clients = new List<HttpClient>();
        for (var window = 0; window < 5; window++)
        {
            // Each client keeps its connection open after its one request.
            var client = new HttpClient { BaseAddress = app.Client.BaseAddress };
            clients.Add(client);
            Assert.Equal("ok", await client.GetStringAsync("/"));
            await app.PassWindowAsync();
        }

        Assert.Empty(app.Services.GetRequiredService<OriginWatch>().Suspects);
        Assert.Equal(0, app.Captures);
        clients.ForEach(static client => client.Dispose());
    }
}
