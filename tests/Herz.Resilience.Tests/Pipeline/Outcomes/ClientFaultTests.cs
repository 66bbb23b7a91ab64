using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Pipeline.Outcomes;

/// <summary>A slow, faulty or absent client does not count against an endpoint or another client.</summary>
public sealed class ClientFaultTests
{
    private const int Clients = 30;

    public static TheoryData<string> Readers => ["copy", "form", "pipe", "json", "text", "caught"];

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Upload_ThatIsReset_IsClientGoneAndOpensNoCircuit(string reader)
    {
        await using var app = await StartAsync(web => web.MapPost("/", ReaderOf(reader)));

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => SendAndResetAsync(app, reader)));
        await AssertAllAreGoneAsync(app, Clients);

        using var whole = reader == "json" ? new StringContent("\"whole\"", Encoding.UTF8, "application/json") : new StringContent("a=b", Encoding.UTF8, "application/x-www-form-urlencoded");
        Assert.Equal(HttpStatusCode.OK, (await app.Client.PostAsync("/", whole)).StatusCode);
    }

    [Fact]
    public async Task Client_ThatLeavesAHandlerWithoutAToken_IsGone()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var time = new FakeTimeProvider();
        await using var app = await StartAsync(
            web => web.MapGet("/", async (HttpContext context) =>
            {
                using var gone = context.RequestAborted.Register(left.SetResult);
                await left.Task;
                time.Advance(TimeSpan.FromSeconds(1));
                return "saved";
            }),
            time);

        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, app.Address.Port);
            await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            await app.WaitForMetricAsync("herz_load_shedding_in_flight{endpoint=\"GET /\"} 1");
        }

        await AssertAllAreGoneAsync(app, 1);
    }

    [Fact]
    public async Task Upload_ThatIsSlow_HasTheFullDeadlineAfterwards()
    {
        var time = new FakeTimeProvider();
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(
            web => web.MapPost("/", async (HttpContext context) =>
            {
                _ = context.RequestAborted;
                var bytes = new byte[8];
                await context.Request.Body.ReadExactlyAsync(bytes.AsMemory(0, 4), context.RequestAborted);
                var rest = context.Request.Body.ReadExactlyAsync(bytes.AsMemory(4, 4), context.RequestAborted);
                waits.SetResult();
                await rest;
                time.Advance(TimeSpan.FromMilliseconds(700));
                context.RequestAborted.ThrowIfCancellationRequested();
                return Encoding.ASCII.GetString(bytes);
            }),
            time);

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, app.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8\r\n\r\n1234"u8.ToArray());
        await waits.Task;
        time.Advance(TimeSpan.FromSeconds(30));
        await stream.WriteAsync("5678"u8.ToArray());

        var answer = await new StreamReader(stream).ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
        Assert.EndsWith("12345678", answer.Replace("\r\n0\r\n\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(1, await Scrape.RequestsAsync(app.Client, "method=\"POST\"", "outcome=\"ok\""));
    }

    [Fact]
    public async Task DuplexCalls_CancelledAfterOneMessage_OpenNoCircuit()
    {
        await using var app = await MatrixApp.StartAsync("/echo.Echo/Unary", HostingShape.Minimal(
            static app => app.MapGrpcService<EchoService>(), static builder => builder.Services.AddGrpc(), protocols: HttpProtocols.Http2));
        using var channel = GrpcChannel.ForAddress(app.Address);
        var client = new Echo.EchoClient(channel);

        await Task.WhenAll(Enumerable.Range(0, 400).Select(async _ =>
        {
            using var cancel = new CancellationTokenSource();
            using var call = client.Duplex(cancellationToken: cancel.Token);
            await call.RequestStream.WriteAsync(new Words { Text = "one" });
            await cancel.CancelAsync();
        }));

        // If they counted as failures, the circuit would be open now.
        using var after = client.Duplex();
        await after.RequestStream.WriteAsync(new Words { Text = "two" });
        Assert.True(await after.ResponseStream.MoveNext());
    }

    private static Delegate ReaderOf(string reader) => reader switch
    {
        "copy" => (HttpContext context) => context.Request.Body.CopyToAsync(Stream.Null),
        "form" => async (HttpContext context) => (await context.Request.ReadFormAsync()).Count,
        "pipe" => async (HttpContext context) =>
        {
            while (true)
            {
                var read = await context.Request.BodyReader.ReadAsync();
                context.Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return "read";
                }
            }
        },
        "json" => ([FromBody] string text) => text,
        "text" => (HttpContext context) => new StreamReader(context.Request.Body).ReadToEndAsync(),
        _ => async (HttpContext context) =>
        {
            try
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                return Results.Ok();
            }
            catch (IOException)
            {
                return Results.StatusCode(500);
            }
        },
    };

    private static async Task SendAndResetAsync(TestApp app, string reader)
    {
        var type = reader == "json" ? "application/json" : "application/x-www-form-urlencoded";
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, app.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: {type}\r\nContent-Length: 100000\r\n\r\n"));

        // The server answers 100 once the handler reads: a connection that is reset before it was read is no request.
        Assert.True(await socket.ReceiveAsync(new byte[64]) > 0);
        await socket.SendAsync("\"begin"u8.ToArray());
        socket.LingerState = new LingerOption(true, 0);
    }

    private static async Task AssertAllAreGoneAsync(TestApp app, int clients)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        double gone, others;
        do
        {
            timeout.Token.ThrowIfCancellationRequested();
            gone = await Scrape.RequestsAsync(app.Client, "outcome=\"client_gone\"");
            others = await Scrape.RequestsAsync(app.Client, "outcome=\"server_error\"") + await Scrape.RequestsAsync(app.Client, "outcome=\"deadline_exceeded\"");
            Assert.Equal(0, others);
        }
        while (gone + await Scrape.RequestsAsync(app.Client, "method=\"POST\"", "outcome=\"ok\"") < clients);
    }

    private static Task<TestApp> StartAsync(Action<WebApplication> map, FakeTimeProvider? time = null) =>
        TestApp.StartAsync(map, new() { ["Deadlines:Tiers:Api"] = "00:00:00.800" }, time);
}
