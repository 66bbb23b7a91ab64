using Herz.Resilience.LeakWatchdog.Windows;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Herz.Resilience.Tests.LeakWatchdog;

/// <summary>
/// D4: clients of a SignalR hub that connect and stay are no leak, over any transport. Over long polling the server runs each connection
/// outside of any request, in the context of its first poll.
/// </summary>
[Collection(CapturesOfOneProcess.Name)]
public sealed class HubConnectionTests
{
    private const int Windows = 8;
    private const int PerWindow = 4;

    private static readonly List<TaskCompletionSource> s_never = [];

    [Theory]
    [InlineData(HttpTransportType.LongPolling, false)]
    [InlineData(HttpTransportType.LongPolling, true)]
    [InlineData(HttpTransportType.ServerSentEvents, false)]
    [InlineData(HttpTransportType.WebSockets, false)]
    [InlineData(HttpTransportType.WebSockets, true)]
    public async Task ClientsThatConnectAndStay_AreNotReported(HttpTransportType transport, bool reconnect)
    {
        await using var app = await StartAsync();
        var clients = new Queue<HubConnection>();
        for (var window = 0; window < Windows; window++)
        {
            for (var i = 0; i < PerWindow; i++)
            {
                clients.Enqueue(await ConnectAsync(app, transport));
                Assert.Equal("hello", await clients.Last().InvokeAsync<string>("Echo", "hello"));
                if (reconnect && clients.Count > PerWindow)
                {
                    await clients.Dequeue().DisposeAsync();
                }
            }

            await EchoAsync(clients);
            await app.PassWindowAsync();
        }

        Assert.Empty(app.Board.History);
        await Task.WhenAll(clients.Select(static client => client.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task LongPollingClients_WithoutCaptures_AreNotReported()
    {
        await using var app = await StartAsync(new() { ["LeakWatchdog:Capture"] = "OnDemand" });
        var clients = new List<HubConnection>();
        for (var window = 0; window < Windows; window++)
        {
            for (var i = 0; i < PerWindow; i++)
            {
                clients.Add(await ConnectAsync(app, HttpTransportType.LongPolling));
            }

            await EchoAsync(clients);
            await app.PassWindowAsync();
        }

        // The windows alone look like a leak.
        Assert.NotEmpty(app.Services.GetRequiredService<OriginWatch>().Suspects);
        Assert.Empty(app.Board.History);
        await Task.WhenAll(clients.Select(static client => client.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task HubMethodThatLeaks_IsNamed()
    {
        await using var app = await StartAsync();
        var clients = new List<HubConnection>();
        for (var window = 0; window < 4; window++)
        {
            for (var i = 0; i < PerWindow; i++)
            {
                clients.Add(await ConnectAsync(app, HttpTransportType.LongPolling));
                await clients[^1].InvokeAsync("Leak");
            }

            await EchoAsync(clients);
            await app.PassWindowAsync();
        }

        await app.PassWindowAsync();

        Assert.EndsWith(nameof(ForgetAsync), Assert.Single(app.Board.Current).Method, StringComparison.Ordinal);
        await Task.WhenAll(clients.Select(static client => client.DisposeAsync().AsTask()));
    }

    // Each answer ends a poll, as time would.
    private static async Task EchoAsync(IEnumerable<HubConnection> clients)
    {
        foreach (var client in clients)
        {
            Assert.Equal("hello", await client.InvokeAsync<string>("Echo", "hello"));
        }
    }

    private static Task<WatchedApp> StartAsync(Dictionary<string, string?>? settings = null) => WatchedApp.StartAsync(
        static web => web.MapHub<Hub>("/hub"), settings, static builder => builder.Services.AddSignalR());

    private static async Task<HubConnection> ConnectAsync(WatchedApp app, HttpTransportType transport)
    {
        var client = new HubConnectionBuilder().WithUrl(new Uri(app.Client.BaseAddress!, "/hub"), transport).Build();
        await client.StartAsync();
        return client;
    }

    private static async Task ForgetAsync()
    {
        var never = new TaskCompletionSource();
        lock (s_never)
        {
            s_never.Add(never);
        }

        await never.Task;
    }

    private sealed class Hub : Microsoft.AspNetCore.SignalR.Hub
    {
        public Task<string> Echo(string text) => Task.FromResult(Context.ConnectionAborted.IsCancellationRequested ? "" : text);

        public void Leak() => Context.Items["work"] = ForgetAsync();
    }
}
