using Herz.Resilience.Tool.Tests.Commands;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Herz.Resilience.Tool.Tests.Http2;

public sealed class HandlerEngineTests
{
    private static readonly string[] s_quick = ["--rate", "100", "--for", "500ms", "--warmup", "0s"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Load_Http2WithoutTls_UsesHttp2AndCountsRefusalsByType()
    {
        var number = 0;
        await using var server = await TestServer.StartAsync(app => app.Run(context =>
        {
            Assert.Equal("HTTP/2", context.Request.Protocol);
            context.Response.StatusCode = Interlocked.Increment(ref number) % 5 == 0 ? 503 : 200;
            return context.Response.WriteAsync("{\"type\":\"urn:busy\"}", Ct);
        }), HttpProtocols.Http2);

        var (code, output, error) = await HerzRunner.RunAsync(["load", $"{server.Url}", .. s_quick, "--http", "2", "-X", "POST", "-H", "Content-Type: text/plain", "--body", "hello", "--expect", "requests>=50", "--expect", "failed<=0"]);

        Assert.True(code == 0, output + error);
        Assert.Contains("503 urn:busy: 10", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.1", "HTTP/1.1")]
    [InlineData("2", "HTTP/2")]
    public async Task Load_OverTls_IsAnswered(string http, string protocol)
    {
        using var certificate = TestServer.SelfSigned();
        await using var server = await TestServer.StartTlsAsync(app => app.Run(context => context.Response.WriteAsync(context.Request.Protocol == protocol ? "ok" : throw new InvalidOperationException(context.Request.Protocol), Ct)), certificate);

        var (code, output, error) = await HerzRunner.RunAsync(["load", $"{server.Url}", .. s_quick, "--http", http, "--insecure", "--expect", "errors<=0"]);

        Assert.True(code == 0, output + error);
        Assert.Contains("statuses   200: 50", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_UntrustedCertificate_PrintsOneSentenceAndReturnsThree()
    {
        using var certificate = TestServer.SelfSigned();
        await using var server = await TestServer.StartTlsAsync(app => app.Run(_ => Task.CompletedTask), certificate);

        var (code, _, error) = await HerzRunner.RunAsync(["load", $"{server.Url}", .. s_quick]);

        Assert.Equal(3, code);
        Assert.Contains("the TLS handshake with", error, StringComparison.Ordinal);
        Assert.Contains("--insecure", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Load_BrokenOffOverHttp2_CountsRequestsInFlight()
    {
        using var stop = new CancellationTokenSource();
        var never = new TaskCompletionSource();
        var seen = 0;
        await using var server = await TestServer.StartAsync(app => app.Run(_ =>
        {
            if (Interlocked.Increment(ref seen) == 10)
            {
                stop.Cancel();
            }

            return never.Task;
        }), HttpProtocols.Http2);

        var (code, output, _) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--http", "2", "--rate", "50", "--for", "10m", "--warmup", "0s"], stop.Token);
        never.SetResult();

        Assert.Equal(130, code);
        Assert.Matches(@"no answer  broken off: 1\d", output);
    }

    [Fact]
    public async Task Load_ClosedLoopOverHttp2_ContinuesAfterEachAnswer()
    {
        await using var server = await TestServer.StartAsync(app => app.Run(context => context.Response.WriteAsync("ok", Ct)), HttpProtocols.Http2);

        var (code, output, _) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--http", "2", "--closed", "2", "--for", "300ms", "--warmup", "0s", "--expect", "requests>4", "--expect", "errors<=0"]);

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task Load_UnknownHttpVersion_ReturnsTwo()
    {
        var (code, _, error) = await HerzRunner.RunAsync(["load", "http://127.0.0.1:1/", "--http", "3"]);

        Assert.Equal(2, code);
        Assert.Contains("--http is '3'", error, StringComparison.Ordinal);
    }
}
