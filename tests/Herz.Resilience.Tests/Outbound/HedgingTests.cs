using System.Net;
using Herz.Resilience.Tests.Outbound.Servers;

namespace Herz.Resilience.Tests.Outbound;

public sealed class HedgingTests
{
    private static readonly Dictionary<string, string?> s_settings = new()
    {
        ["Outbound:Defaults:Hedge"] = "true",
        ["Outbound:Defaults:HedgeDelay"] = "00:00:00.100",
    };

    [Fact]
    public async Task SlowCall_GetsASecondAttempt_AndTheFirstIsCancelled()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(slow: static number => number == 21, cancelled);
        await using var host = OutboundHost.Create(s_settings);
        await WarmUpAsync(host, server);
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address);
        request.Headers.Add("X-Tenant", "seven");

        using var answer = await host.RunAsync(host.Client.SendAsync(request));

        Assert.Equal("answer 22", await answer.Content.ReadAsStringAsync());
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["seven", "seven"], server.Calls.Skip(20).Select(static call => call.Headers["X-Tenant"]));
        Assert.Equal(["1", "2"], server.Calls.Skip(20).Select(static call => call.Headers["Herz-Attempt"]));
        Assert.Equal(1, host.Counted("herz.outbound.hedges", "outcome=won"));
        Assert.Equal(0, host.Counted("herz.outbound.retries"));
    }

    [Fact]
    public async Task SlowCall_WhoseHedgeFails_IsAnsweredByTheFirst()
    {
        using var hedged = new SemaphoreSlim(0);
        await using var server = await DependencyServer.StartAsync(async (context, number) =>
        {
            if (number == 22)
            {
                context.Response.StatusCode = 503;
                hedged.Release();
            }
            else if (number == 21)
            {
                await hedged.WaitAsync();
            }

            await context.Response.WriteAsync($"answer {number}");
        });
        await using var host = OutboundHost.Create(s_settings);
        await WarmUpAsync(host, server);

        Assert.Equal("answer 21", await host.RunAsync(host.Client.GetStringAsync(server.Address)));
        Assert.Equal(1, host.Counted("herz.outbound.hedges", "outcome=lost"));
    }

    [Fact]
    public async Task SlowCalls_GetHedgesForOneInTwenty()
    {
        await using var server = await StartAsync(slow: static number => number > 20);
        await using var host = OutboundHost.Create(s_settings);
        await WarmUpAsync(host, server);
        using var cancellation = new CancellationTokenSource();

        var calls = Enumerable.Range(0, 20).Select(_ => host.Client.GetAsync(server.Address, cancellation.Token)).ToArray();
        while (host.Counted("herz.outbound.hedges", "outcome=budget") < 18)
        {
            await Task.Yield();
            host.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        // 40 calls allow for two.
        while (server.Calls.Count < 42)
        {
            await Task.Yield();
        }

        Assert.Equal(42, server.Calls.Count);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(calls));
    }

    [Theory]
    [InlineData("POST", true)]
    [InlineData("GET", false)]
    public async Task SlowCall_ThatIsNotIdempotentOrWithoutHedging_GetsNoSecondAttempt(string method, bool hedge)
    {
        using var gate = new SemaphoreSlim(0);
        await using var server = await DependencyServer.StartAsync(async (_, number) =>
        {
            if (number > 20)
            {
                await gate.WaitAsync();
            }
        });
        await using var host = OutboundHost.Create(new(s_settings) { ["Outbound:Defaults:Hedge"] = hedge ? "true" : "false" });
        await WarmUpAsync(host, server);

        var answer = host.Client.SendAsync(new(new HttpMethod(method), server.Address));
        while (server.Calls.Count < 21)
        {
            await Task.Yield();
        }

        host.Time.Advance(TimeSpan.FromSeconds(10));
        gate.Release();

        Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
        Assert.Equal(21, server.Calls.Count);
    }

    [Fact]
    public async Task Hedge_WithoutAConfiguredDelay_WaitsForTheMeasuredPercentile()
    {
        await using var server = await DependencyServer.StartAsync(200);
        await using var host = OutboundHost.Create(new() { ["Outbound:Defaults:Hedge"] = "true" });
        await WarmUpAsync(host, server);
        Assert.Null(host.Table.All.Single().Latencies!.Percentile(0.95));

        await WarmUpAsync(host, server);

        Assert.NotNull(host.Table.All.Single().Latencies!.Percentile(0.95));
    }

    private static async Task WarmUpAsync(OutboundHost host, DependencyServer server)
    {
        for (var call = 0; call < 20; call++)
        {
            await host.Client.GetAsync(server.Address);
        }
    }

    private static Task<DependencyServer> StartAsync(Func<int, bool> slow, TaskCompletionSource? cancelled = null) => DependencyServer.StartAsync(async (context, number) =>
    {
        if (slow(number))
        {
            using var registration = context.RequestAborted.Register(() => cancelled?.TrySetResult());
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
        else
        {
            await context.Response.WriteAsync($"answer {number}");
        }
    });
}
