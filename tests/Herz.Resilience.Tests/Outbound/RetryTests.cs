using System.Net;
using System.Net.Http.Json;
using System.Text;
using Herz.Resilience.Outbound;
using Herz.Resilience.Tests.Outbound.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Herz.Resilience.Tests.Outbound;

public sealed class RetryTests
{
    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Call_OfAnIdempotentMethod_IsRetried(string method)
    {
        await using var server = await DependencyServer.StartAsync(503, 502, 200);
        await using var host = OutboundHost.Create();

        var answer = await host.RunAsync(host.Client.SendAsync(new(new HttpMethod(method), server.Address)));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(3, server.Calls.Count);
        Assert.Equal(1, host.Counted("herz.outbound.retries", "outcome=succeeded"));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    public async Task Call_OfAnotherMethod_IsNotRetried(string method)
    {
        await using var server = await DependencyServer.StartAsync(503, 200);
        await using var host = OutboundHost.Create();

        var answer = await host.RunAsync(host.Client.SendAsync(new(new HttpMethod(method), server.Address)));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task Post_MarkedAsIdempotent_IsRetriedWithItsBody()
    {
        await using var server = await DependencyServer.StartAsync(500, 200);
        await using var host = OutboundHost.Create();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Address) { Content = new StringContent("pay 7") };
        request.Options.Set(HerzRequestOptions.Idempotent, true);

        var answer = await host.RunAsync(host.Client.SendAsync(request));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["pay 7", "pay 7"], server.Calls.Select(static call => call.Body));
    }

    [Theory]
    [InlineData("Outbound:Clients:stock:Retry", "true", "POST", 2)]
    [InlineData("Outbound:Clients:stock:Retry", "false", "GET", 1)]
    [InlineData("Outbound:Defaults:Retry", "false", "GET", 1)]
    [InlineData("Outbound:Mode", "Observe", "GET", 1)]
    [InlineData("Outbound:Mode", "Off", "GET", 1)]
    public async Task Retry_IsConfigured(string key, string value, string method, int expected)
    {
        await using var server = await DependencyServer.StartAsync(503, 200);
        await using var host = OutboundHost.Create(new() { [key] = value });

        await host.RunAsync(host.CreateClient("stock").SendAsync(new(new HttpMethod(method), server.Address)));

        Assert.Equal(expected, server.Calls.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(501)]
    [InlineData(504)]
    public async Task Call_WithAnAnswerThatARetryCannotChange_IsNotRetried(int status)
    {
        await using var server = await DependencyServer.StartAsync(status);
        await using var host = OutboundHost.Create();

        var answer = await host.RunAsync(host.Client.GetAsync(server.Address));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task Call_ThatFailsThreeTimes_GetsTheLastAnswer()
    {
        await using var server = await DependencyServer.StartAsync(500, 502, 503, 200);
        await using var host = OutboundHost.Create();

        var answer = await host.RunAsync(host.Client.GetAsync(server.Address));

        Assert.Equal("answer 3", await answer.Content.ReadAsStringAsync());
        Assert.Equal(3, server.Calls.Count);
        Assert.Equal(1, host.Counted("herz.outbound.retries", "outcome=failed"));
    }

    [Fact]
    public async Task Call_WhoseConnectionBreaks_IsRetried()
    {
        await using var server = await DependencyServer.StartAsync(static (context, number) =>
        {
            if (number < 3)
            {
                context.Abort();
            }

            return context.Response.WriteAsync("third");
        });
        await using var host = OutboundHost.Create();

        Assert.Equal("third", await host.RunAsync(host.Client.GetStringAsync(server.Address)));
    }

    [Fact]
    public async Task Call_ToAHostThatIsDown_ThrowsAfterItsAttempts()
    {
        Uri address;
        await using (var server = await DependencyServer.StartAsync(200))
        {
            address = server.Address;
        }

        await using var host = OutboundHost.Create();

        await Assert.ThrowsAsync<HttpRequestException>(() => host.RunAsync(host.Client.GetAsync(address)));
        Assert.Equal(1, host.Counted("herz.outbound.retries", "outcome=failed"));
    }

    [Fact]
    public async Task Call_WhoseBodyFailsInTheMiddle_IsNotRetried()
    {
        using var hasHeaders = new SemaphoreSlim(0);
        await using var server = await DependencyServer.StartAsync(async (context, _) =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await hasHeaders.WaitAsync();
            context.Abort();
        });
        await using var host = OutboundHost.Create();

        using var answer = await host.RunAsync(host.Client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead));
        hasHeaders.Release();
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsStringAsync());

        Assert.Single(server.Calls);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Call_ThatReadsOnlyHeaders_IsRetriedAndStreams(HttpProtocols protocol)
    {
        await using var server = await DependencyServer.StartAsync(
            static (context, number) =>
            {
                context.Response.StatusCode = number == 1 ? 503 : 200;
                return context.Response.WriteAsync(new string('x', 100_000));
            },
            protocol);
        await using var host = OutboundHost.Create();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address)
        {
            Version = protocol == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var answer = await host.RunAsync(host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));

        Assert.Equal(100_000, (await answer.Content.ReadAsStringAsync()).Length);
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task Put_WithAStream_IsNotRetried()
    {
        await using var server = await DependencyServer.StartAsync(503, 200);
        await using var host = OutboundHost.Create();
        using var body = new MemoryStream(Encoding.UTF8.GetBytes("stream"));

        await host.RunAsync(host.Client.PutAsync(server.Address, new StreamContent(body)));

        Assert.Single(server.Calls);
    }

    [Theory]
    [InlineData(64 * 1024, 2)]
    [InlineData((64 * 1024) + 1, 1)]
    public async Task Put_WithBytes_IsRetriedUpTo64KiB(int bytes, int calls)
    {
        await using var server = await DependencyServer.StartAsync(503, 200);
        await using var host = OutboundHost.Create();

        await host.RunAsync(host.Client.PutAsync(server.Address, new ByteArrayContent(new byte[bytes])));

        Assert.Equal(calls, server.Calls.Count);
    }

    [Fact]
    public async Task Put_WithJson_IsRetriedWithTheSameBody()
    {
        await using var server = await DependencyServer.StartAsync(503, 200);
        await using var host = OutboundHost.Create();

        await host.RunAsync(host.Client.PutAsJsonAsync(server.Address, new { Name = "lamp", Count = 3 }));

        var calls = server.Calls.ToArray();
        Assert.Equal(2, calls.Length);
        Assert.Equal(calls[0].Body, calls[1].Body);
        Assert.Equal("application/json; charset=utf-8", calls[1].Headers["Content-Type"]);
    }

    [Fact]
    public async Task Put_WithJsonOfASequenceThatCanBeReadOnce_IsNotRetried()
    {
        await using var server = await DependencyServer.StartAsync(503, 200);
        await using var host = OutboundHost.Create();
        var read = 0;

        await host.RunAsync(host.Client.PutAsJsonAsync(server.Address, Enumerable.Range(0, 3).Select(_ => ++read)));

        Assert.Single(server.Calls);
        Assert.Equal(3, read);
    }

    [Fact]
    public async Task Put_WithLongJson_IsNotRetried()
    {
        await using var server = await DependencyServer.StartAsync(503, 200);
        await using var host = OutboundHost.Create();

        var answer = await host.RunAsync(host.Client.PutAsJsonAsync(server.Address, new { Text = new string('x', 65 * 1024) }));

        Assert.Single(server.Calls);
        Assert.Equal("answer 1", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Call_ThroughAHandlerOfTheAppThatAddsAHeader_HasItOnceInEachAttempt()
    {
        await using var server = await DependencyServer.StartAsync(503, 503, 200);
        await using var host = OutboundHost.Create(build: static builder => builder.Services.AddHttpClient("signed").AddHttpMessageHandler(static () => new SigningHandler()));
        var client = host.CreateClient("signed");
        client.DefaultRequestHeaders.Add("X-Tenant", "seven");

        await host.RunAsync(client.GetAsync(server.Address));

        var calls = server.Calls.ToArray();
        Assert.Equal(3, calls.Length);
        Assert.All(calls, static call => Assert.Equal("seven", call.Headers["X-Tenant"]));
        Assert.Equal(["1", "2", "3"], calls.Select(static call => call.Headers["X-Signature"]));
    }

    [Fact]
    public async Task Call_ThatWasRedirected_IsNotRetried()
    {
        await using var server = await DependencyServer.StartAsync(static (context, _) =>
        {
            context.Response.StatusCode = context.Request.Path == "/target" ? 503 : 302;
            context.Response.Headers.Location = "/target";
            return Task.CompletedTask;
        });
        await using var host = OutboundHost.Create();

        var answer = await host.RunAsync(host.Client.GetAsync(server.Address));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(["/", "/target"], server.Calls.Select(static call => call.Path));
    }

    [Fact]
    public async Task Caller_ThatGivesUpDuringTheBackoff_IsCancelled()
    {
        await using var server = await DependencyServer.StartAsync(503);
        await using var host = OutboundHost.Create(new() { ["Outbound:Defaults:RetryDelay"] = "00:00:30", ["Outbound:Defaults:MaxRetryDelay"] = "00:01:00" });
        using var cancellation = new CancellationTokenSource();

        var answer = host.Client.GetAsync(server.Address, cancellation.Token);
        while (server.Calls.IsEmpty)
        {
            await Task.Yield();
        }

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task Caller_ThatGivesUpDuringACall_IsNotRetriedAndShowsNothing()
    {
        using var gate = new SemaphoreSlim(0);
        await using var server = await DependencyServer.StartAsync(async (context, _) => await gate.WaitAsync(context.RequestAborted));
        await using var host = OutboundHost.Create();
        using var cancellation = new CancellationTokenSource();

        var answer = host.Client.GetAsync(server.Address, cancellation.Token);
        while (server.Calls.IsEmpty)
        {
            await Task.Yield();
        }

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(0, host.Counted("herz.outbound.retries"));
    }

    [Fact]
    public async Task Budget_OfADependencyThatIsDown_BoundsItsLoad()
    {
        await using var server = await DependencyServer.StartAsync(500);
        await using var host = OutboundHost.Create();
        for (var call = 0; call < 300; call++)
        {
            await host.RunAsync(host.Client.GetAsync(server.Address));
        }

        // 300 calls and a fifth of them, with the floor of 10 for the first.
        Assert.InRange(server.Calls.Count, 355, 375);
        Assert.True(host.Counted("herz.outbound.retries", "outcome=budget") > 200);
    }

    [Fact]
    public async Task SynchronousCall_IsGuardedButNotRetried()
    {
        await using var server = await DependencyServer.StartAsync(503, 200);
        await using var host = OutboundHost.Create();
        var client = host.Client;

        using var answer = await Task.Run(() => client.Send(new(HttpMethod.Get, server.Address)));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Single(server.Calls);
    }

    private sealed class SigningHandler : DelegatingHandler
    {
        private int _count;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add("X-Signature", $"{++_count}");
            return base.SendAsync(request, cancellationToken);
        }
    }
}
