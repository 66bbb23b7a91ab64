using System.Net;
using System.Net.ServerSentEvents;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Herz.Resilience.Tests.Hosting;

/// <summary>The API tier does not cancel streams and connections that last longer than one answer.</summary>
public sealed class StreamingTests
{
    private const int Download = 200 * 1024 * 1024;

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Download_Of200MB_ThatTakesLongerThanItsTier_IsComplete(HttpProtocols protocols)
    {
        await using var app = await MatrixApp.StartAsync("/file", HostingShape.Minimal(
            static app => app.MapGet("/file", static async (HttpContext context) =>
            {
                var chunk = new byte[1024 * 1024];
                for (var sent = 0; sent < Download; sent += chunk.Length)
                {
                    await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
                }
            }),
            protocols: protocols));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/file") { Version = Version(protocols), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[1024 * 1024];
        long total = 0;
        while (await body.ReadAsync(buffer) is > 0 and var read)
        {
            total += read;
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(Download, total);
        Assert.Equal(protocols == HttpProtocols.Http2 ? 2 : 1, answer.Version.Major);
    }

    [Fact]
    public async Task Upload_OfMuch_OnARouteWithItsOwnTier_IsComplete()
    {
        const int Size = 64 * 1024 * 1024;
        await using var app = await MatrixApp.StartAsync("/other", new HostingShape
        {
            Build = HostingShape.Minimal(static app => app.MapPost("/upload", static async (HttpContext context) =>
            {
                long total = 0;
                var buffer = new byte[64 * 1024];
                while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
                {
                    total += read;
                    context.RequestServices.GetRequiredService<MovingClock>().Advance(TimeSpan.FromMilliseconds(20));
                }

                return total;
            }), static builder =>
            {
                builder.Services.AddSingleton<MovingClock>();
                builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.MaxRequestBodySize = null);
            }).Build,
            Settings = new Dictionary<string, string?> { ["Herz:Deadlines:Routes:1:Pattern"] = "/upload", ["Herz:Deadlines:Routes:1:Api"] = "01:00:00" },
        });

        var answer = await app.Client.PostAsync("/upload", new ByteArrayContent(new byte[Size]));

        Assert.Equal(Size.ToString(System.Globalization.CultureInfo.InvariantCulture), await answer.Content.ReadAsStringAsync());
        Assert.True(app.Services.GetRequiredService<MovingClock>().Moved > TimeSpan.FromMilliseconds(800));
    }

    [Theory]
    [InlineData("typed")]
    [InlineData("raw")]
    public async Task Events_WithALateFirstEvent_AreNotCancelled(string kind)
    {
        await using var app = await MatrixApp.StartAsync("/events", HostingShape.Minimal(app => _ = kind == "typed"
            ? app.MapGet("/events", static (HttpContext context, Gate gate) => TypedResults.ServerSentEvents(Events(gate, context.RequestAborted)))
            : app.MapGet("/events", static async (HttpContext context, Gate gate) =>
            {
                context.Response.ContentType = "text/event-stream";
                await gate.PassAsync(context.RequestAborted);
                await context.Response.WriteAsync("data: first\n\n");
            })));

        var answer = app.Client.GetStringAsync("/events");
        await app.Gate.Entered;
        app.Time.Advance(TimeSpan.FromMinutes(10));
        app.Gate.Open();

        Assert.Contains("data: first", await answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebSocket_LongerThanEveryTier_StillEchoes()
    {
        await using var app = await MatrixApp.StartAsync("/socket", HostingShape.Minimal(MapSocket));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(Address(app, "ws"), CancellationToken.None);
        var buffer = new byte[16];

        foreach (var words in new[] { "one", "two" })
        {
            app.Time.Advance(TimeSpan.FromMinutes(1));
            await socket.SendAsync(Encoding.UTF8.GetBytes(words), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            Assert.Equal(words, Encoding.UTF8.GetString(buffer, 0, received.Count));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        using var second = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        await Assert.ThrowsAsync<WebSocketException>(() => second.ConnectAsync(Address(app, "ws"), CancellationToken.None));
        Assert.Equal(HttpStatusCode.TooManyRequests, second.HttpStatusCode);
    }

    [Fact]
    public async Task WebSocket_OverHttp2_StillEchoes()
    {
        await using var app = await MatrixApp.StartAsync("/socket", HostingShape.Minimal(MapSocket, protocols: HttpProtocols.Http2));
        using var socket = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        await socket.ConnectAsync(Address(app, "ws"), invoker, CancellationToken.None);
        app.Time.Advance(TimeSpan.FromMinutes(10));

        await socket.SendAsync("one"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var buffer = new byte[16];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);

        Assert.Equal("one", Encoding.UTF8.GetString(buffer, 0, received.Count));
    }

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task SignalR_LongerThanEveryTier_StillCallsBothWays(HttpTransportType transport)
    {
        await using var app = await MatrixApp.StartAsync("/other", HostingShape.Minimal(
            static app => app.MapHub<EchoHub>("/hub"), static builder => builder.Services.AddSignalR()));
        await using var connection = new HubConnectionBuilder().WithUrl(new Uri(app.Address, "/hub"), transport).Build();
        var called = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.On<string>("Called", called.SetResult);
        await connection.StartAsync();

        Assert.Equal("one", await connection.InvokeAsync<string>("Echo", "one"));
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await app.Services.GetRequiredService<IHubContext<EchoHub>>().Clients.All.SendAsync("Called", "pushed");

        Assert.Equal("pushed", await called.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("two", await connection.InvokeAsync<string>("Echo", "two"));
        Assert.Equal(HubConnectionState.Connected, connection.State);
    }

    private static void MapSocket(WebApplication app)
    {
        app.UseWebSockets();
        app.Map("/socket", static async (HttpContext context) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[16];
            while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } received)
            {
                await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        });
    }

    private static async IAsyncEnumerable<SseItem<string>> Events(Gate gate, [EnumeratorCancellation] CancellationToken token)
    {
        await gate.PassAsync(token);
        yield return new SseItem<string>("first");
    }

    private static Uri Address(MatrixApp app, string scheme) => new UriBuilder(app.Address) { Scheme = scheme, Path = "/socket" }.Uri;

    private static Version Version(HttpProtocols protocols) => protocols == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11;

    private sealed class EchoHub : Hub
    {
        public string Echo(string words)
        {
            Assert.NotNull(Context.ConnectionId);
            return words;
        }
    }

    /// <summary>Advances the app's clock from a request.</summary>
    private sealed class MovingClock(TimeProvider time)
    {
        public TimeSpan Moved { get; private set; }

        public void Advance(TimeSpan by)
        {
            Moved += by;
            ((Microsoft.Extensions.Time.Testing.FakeTimeProvider)time).Advance(by);
        }
    }
}
