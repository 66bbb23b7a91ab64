using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Herz.Resilience.Tool.Reporting;

namespace Herz.Resilience.Tool.Tests.Commands;

public sealed class LoadCommandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    [Fact]
    public async Task Load_ThresholdsKept_ReportsEachRequestAndReturnsZero()
    {
        await using var server = await TestServer.AlwaysAsync(context => context.Response.WriteAsync("ok", Ct));
        var file = Path.GetTempFileName();

        var (code, output, error) = await HerzRunner.RunAsync(["load", $"{server.Url}orders", "--rate", "200", "--for", "1s", "--warmup", "100ms", "--json", file, "--expect", "errors<1%", "--expect", "requests>=200", "--expect", "p99<9s"]);
        var report = ReportJson.Read(file);
        File.Delete(file);

        Assert.Equal("", error);
        Assert.Equal(0, code);
        Assert.Equal((200L, 200L, 200L), (report.Requests, report.Ok, report.Good));
        Assert.Equal(200, report.Statuses["200"]);
        Assert.Contains("kept       errors<1% (measured 0 %)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_ThresholdMissed_PrintsMeasuredValueAndReturnsOne()
    {
        await using var server = await TestServer.AlwaysAsync(context => context.Response.WriteAsync("ok", Ct));

        var (code, output, _) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--rate", "50", "--for", "500ms", "--warmup", "0s", "--expect", "requests>1000"]);

        Assert.Equal(1, code);
        Assert.Contains("MISSED     requests>1000 (measured 25)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_Refusals_AreCountedByProblemType()
    {
        var number = 0;
        await using var server = await TestServer.AlwaysAsync(async context =>
        {
            var (status, type) = (Interlocked.Increment(ref number) % 4) switch
            {
                0 => (429, "urn:quota"),
                1 => (503, "urn:busy"),
                2 => (504, "urn:late"),
                _ => (200, ""),
            };
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(JsonSerializer.Serialize(new { type, title = "t" }), Ct);
        });

        var (_, output, _) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--rate", "80", "--for", "500ms", "--warmup", "0s"]);

        foreach (var expected in new[] { "429 urn:quota: 10", "503 urn:busy: 10", "504 urn:late: 10", "ok 10, refused 30, failed 0" })
        {
            Assert.Contains(expected, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Load_NoListener_PrintsOneSentenceAndReturnsThree()
    {
        var (code, output, error) = await HerzRunner.RunAsync(["load", $"http://127.0.0.1:{FreePort()}/"]);

        Assert.Equal(3, code);
        Assert.Equal("", output);
        Assert.Contains("no process listens on this port", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Load_ServerWithoutHttp_ReturnsThreeWithTheReason()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener);

        var (code, _, error) = await HerzRunner.RunAsync(["load", $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/", "--rate", "20", "--for", "300ms", "--warmup", "0s"]);
        listener.Stop();
        await serving;

        Assert.Equal(3, code);
        Assert.Contains("answered none of 6 requests (", error, StringComparison.Ordinal);
        Assert.Contains("not HTTP", error, StringComparison.Ordinal);

        static async Task ServeAsync(TcpListener listener)
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    _ = await client.GetStream().ReadAtLeastAsync(new byte[1000], 1, throwOnEndOfStream: false);
                    await client.GetStream().WriteAsync("SSH-2.0-x\r\n\r\n"u8.ToArray());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or InvalidOperationException)
            {
                // The listener was stopped.
            }
        }
    }

    [Fact]
    public async Task Load_BrokenOff_ReportsResultsSoFarAndReturns130()
    {
        using var stop = new CancellationTokenSource();
        var seen = 0;
        await using var server = await TestServer.AlwaysAsync(_ =>
        {
            if (Interlocked.Increment(ref seen) == 20)
            {
                stop.Cancel();
            }

            return Task.CompletedTask;
        });

        var (code, output, _) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--rate", "100", "--for", "10m", "--warmup", "0s"], stop.Token);

        Assert.Equal(130, code);
        Assert.Contains("broken off after", output, StringComparison.Ordinal);
        Assert.Matches("requests   (19|2[0-9]) ", output);
    }

    [Fact]
    public async Task Load_RequestOptions_ReachTheServer()
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = await TestServer.AlwaysAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(Ct);
            seen.TrySetResult($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Headers["X-Tag"]} {body} {context.Request.Host.Port}");
        });
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "{\"n\":1}", Ct);

        await HerzRunner.RunAsync(["load", $"{server.Url}a/b?c=d", "-X", "post", "-H", "X-Tag: blue", "--body", "@" + file, "--rate", "10", "--for", "200ms", "--warmup", "0s"]);
        File.Delete(file);

        Assert.Equal($"POST /a/b?c=d blue {{\"n\":1}} {server.Url.Port}", await seen.Task);
    }

    [Theory]
    [InlineData("--rate", "fast", "--rate is 'fast'")]
    [InlineData("--for", "10", "--for is '10'")]
    [InlineData("--expect", "p95<800", "--expect 'p95<800'")]
    [InlineData("--header", "nocolon", "--header is 'nocolon'")]
    [InlineData("--header", "Content-Length: 5", "Content-Length, which herz sets itself")]
    [InlineData("--header", "A: b\r\nC: d", "line break")]
    [InlineData("--connections", "0", "--connections is 0")]
    [InlineData("--body", "@/does/not/exist", "--body cannot read")]
    [InlineData("--think", "1s", "--closed")]
    [InlineData("--connections", "many", "many")]
    [InlineData("--wrong", "x", "--wrong")]
    public async Task Load_InvalidOption_PrintsOneSentenceAndReturnsTwo(string option, string value, string expected)
    {
        var (code, _, error) = await HerzRunner.RunAsync(["load", "http://127.0.0.1:1/", option, value]);

        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("localhost:5000")]
    [InlineData("ftp://x/")]
    [InlineData("http://user:pw@x/")]
    public async Task Load_InvalidUrl_ReturnsTwo(string url)
    {
        var (code, _, error) = await HerzRunner.RunAsync(["load", url]);

        Assert.Equal(2, code);
        Assert.Contains("full http or https URL", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_ClosedLoop_SendsNoMoreThanItsClientsAtOnce()
    {
        var (now, most) = (0, 0);
        var sync = new Lock();
        await using var server = await TestServer.AlwaysAsync(async _ =>
        {
            lock (sync)
            {
                most = Math.Max(most, ++now);
            }

            await Task.Yield();
            lock (sync)
            {
                now--;
            }
        });

        var (code, output, _) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--closed", "3", "--for", "300ms", "--warmup", "0s", "--expect", "errors<=0%", "--expect", "requests>3"]);

        Assert.True(code == 0, output);
        Assert.InRange(most, 1, 3);
    }
}
