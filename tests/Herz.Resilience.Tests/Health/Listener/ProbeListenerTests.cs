using System.Net;
using System.Net.Sockets;
using System.Text;
using Herz.Resilience.Health.Listener;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.Tests.Health.Listener;

/// <summary>The port with a thread of its own, over real sockets.</summary>
public sealed class ProbeListenerTests : IAsyncLifetime
{
    private TestApp _app = null!;

    private int Port => _app.Services.GetRequiredService<ProbeListener>().Port;

    public async ValueTask InitializeAsync() => _app = await TestApp.StartAsync(
        static _ => { },
        new() { ["Health:Port"] = "0" },
        build: static builder => builder.Services.AddHealthChecks().AddCheck("disk", static () => HealthCheckResult.Unhealthy("secret"), tags: ["ready"]));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("GET /healthz?probe=live HTTP/1.1\r\nHost: a\r\nUser-Agent: kube-probe/1.34\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n", "\"probe\":\"live\"")]
    [InlineData("GET /livez?verbose HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", "live check passed")]
    [InlineData("GET /readyz?verbose HTTP/1.1\r\n\r\n", "HTTP/1.1 503 Service Unavailable\r\n", "[-]disk failed: reason withheld\n")]
    [InlineData("GET /readyz?verbose&exclude=disk HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", "[ ]disk excluded\n")]
    [InlineData("GET /readyz?verbose HTTP/1.1\r\nAccept: application/json\r\n\r\n", "HTTP/1.1 503 ", "{\"name\":\"disk\",\"status\":\"unhealthy\"}")]
    [InlineData("GET /healthz?probe=alive HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n", "expected live, ready or startup")]
    [InlineData("GET /healthz?pod=1 HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n", "Known parameters: probe, verbose, exclude.")]
    [InlineData("POST /healthz HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 405 Method Not Allowed\r\n", "Allow: GET, HEAD\r\n")]
    [InlineData("GET /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found\r\n", "Content-Length: 0\r\n")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n", "Connection: close\r\n")]
    public async Task Request_HasItsAnswer(string request, string start, string content)
    {
        await _app.Client.GetAsync("/healthz");

        var answer = await AskAsync(request);

        Assert.StartsWith(start, answer, StringComparison.Ordinal);
        Assert.Contains(content, answer);
        Assert.DoesNotContain("secret", answer);
    }

    [Fact]
    public async Task Head_HasTheHeadersOnly()
    {
        var answer = await AskAsync("HEAD /livez HTTP/1.1\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_InSingleBytes_IsAnswered()
    {
        using var client = await ConnectAsync();
        foreach (var value in "GET /livez HTTP/1.1\r\n\r\n"u8.ToArray())
        {
            await client.SendAsync(new[] { value });
        }

        Assert.StartsWith("HTTP/1.1 200", await ReadAsync(client), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task BothAddressFamilies_AreServed(string address)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "IPv6 is off on this machine");
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Parse(address), Port);
        await client.SendAsync("GET /livez HTTP/1.1\r\n\r\n"u8.ToArray());

        Assert.StartsWith("HTTP/1.1 200", await ReadAsync(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SilentClients_MakeRoomForAProbe_AndAreClosed()
    {
        var silent = new List<Socket>();
        for (var index = 0; index < 100; index++)
        {
            silent.Add(await ConnectAsync());
        }

        Assert.StartsWith("HTTP/1.1 200", await AskAsync("GET /livez HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        foreach (var client in silent)
        {
            Assert.Equal("", await ReadAsync(client));
            client.Dispose();
        }
    }

    [Fact]
    public async Task HostileBytes_LeaveItServing()
    {
        var random = new Random(2);
        for (var round = 0; round < 300; round++)
        {
            using var client = await ConnectAsync();
            var bytes = new byte[random.Next(1, 9000)];
            random.NextBytes(bytes);
            if (round % 3 == 0)
            {
                "GET /livez HTTP/1.1\r\n"u8.CopyTo(bytes.Length > 100 ? bytes : bytes = new byte[100]);
            }

            try
            {
                await client.SendAsync(bytes);
                client.LingerState = new LingerOption(round % 2 == 0, 0);
            }
            catch (SocketException)
            {
                // It has answered and closed already.
            }
        }

        Assert.StartsWith("HTTP/1.1 200", await AskAsync("GET /livez HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.DoesNotContain(_app.Logs.Entries, static entry => entry.EventId == 710);
    }

    [Fact]
    public async Task Port_InUse_StopsTheStartWithItsKey()
    {
        var failure = await Assert.ThrowsAsync<IOException>(() => TestApp.StartAsync(static _ => { }, new() { ["Health:Port"] = Port.ToString(System.Globalization.CultureInfo.InvariantCulture) }));

        Assert.Contains($"Herz:Health:Port is {Port}; expected a free port", failure.Message);
    }

    private async Task<string> AskAsync(string request)
    {
        using var client = await ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes(request));
        return await ReadAsync(client);
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, Port);
        return client;
    }

    private static async Task<string> ReadAsync(Socket client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var text = new StringBuilder();
        var buffer = new byte[1000];
        try
        {
            while (await client.ReceiveAsync(buffer, limit.Token) is > 0 and var count)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed to make room while it had sent nothing.
        }

        return text.ToString();
    }
}
