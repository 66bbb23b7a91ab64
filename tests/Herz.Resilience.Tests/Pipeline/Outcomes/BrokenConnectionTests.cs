using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Herz.Resilience.Tests.Pipeline.Outcomes;

/// <summary>Broken connections of web sockets, HTTP/2 uploads and invalid bodies count as the client's fault.</summary>
public sealed class BrokenConnectionTests
{
    [Fact]
    public async Task WebSockets_ThatBreakOff_CountAsClientGone()
    {
        await using var app = await TestApp.StartAsync(static web =>
        {
            web.UseWebSockets();
            web.MapGet("/socket", static async (HttpContext context) =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                var buffer = new byte[16];
                while (!(await socket.ReceiveAsync(buffer, CancellationToken.None)).CloseStatus.HasValue)
                {
                }
            });
        });

        for (var client = 0; client < 20; client++)
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{app.Address.Port}/socket"), CancellationToken.None);
            await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            socket.Abort();
        }

        await AssertGoneAsync(app, 20);
    }

    [Fact]
    public async Task UploadsOverHttp2_ThatTheClientResets_CountAsClientGone()
    {
        var entered = new SemaphoreSlim(0);
        await using var app = await TestApp.StartAsync(
            web => web.MapPost("/", async (HttpContext context) =>
            {
                entered.Release();
                await context.Request.Body.CopyToAsync(Stream.Null);
            }),
            build: static builder => builder.WebHost.ConfigureKestrel(static options =>
            {
                options.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1);
                options.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
            }));
        var http2 = new Uri(app.Addresses[1]);
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        for (var upload = 0; upload < 20; upload++)
        {
            using var cancel = new CancellationTokenSource();
            var sending = client.PostAsync(http2, new EndlessContent(), cancel.Token);
            await entered.WaitAsync();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        }

        await AssertGoneAsync(app, 20);
    }

    [Fact]
    public async Task Body_ThatIsNotChunked_IsNoServerError()
    {
        await using var app = await TestApp.StartAsync(static web => web.MapPost("/", static (HttpContext context) => context.Request.Body.CopyToAsync(Stream.Null)));

        for (var client = 0; client < 20; client++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, app.Address.Port);
            await socket.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"u8.ToArray());
            var answer = await new StreamReader(socket.GetStream(), Encoding.ASCII).ReadLineAsync();
            Assert.Equal("HTTP/1.1 400 Bad Request", answer);
        }

        Assert.Equal(0, await Scrape.RequestsAsync(app.Client, "outcome=\"server_error\""));
    }

    private static async Task AssertGoneAsync(TestApp app, int clients)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        double ended;
        do
        {
            timeout.Token.ThrowIfCancellationRequested();
            Assert.Equal(0, await Scrape.RequestsAsync(app.Client, "outcome=\"server_error\""));
            ended = await Scrape.RequestsAsync(app.Client, "outcome=\"client_gone\"");
        }
        while (ended < clients);
    }

    private sealed class EndlessContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        // A content that outlived its request would keep the connection, and the server's stop would wait for it.
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync("begin"u8.ToArray(), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
