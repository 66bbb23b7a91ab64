using System.Globalization;
using System.Net;
using Herz.Resilience.Outbound;
using Herz.Resilience.Tests.Outbound.Servers;

namespace Herz.Resilience.Tests.Outbound;

public sealed class RetryAfterTests
{
    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Call_BeforeTheTimeOfRetryAfter_IsRefusedWithWhatIsLeft(int status)
    {
        await using var server = await StartAsync(status, "30");
        await using var host = OutboundHost.Create();
        await host.RunAsync(host.Client.GetAsync(server.Address));
        host.Time.Advance(TimeSpan.FromSeconds(10));

        using var refused = await host.Client.GetAsync(server.Address);

        Assert.Single(server.Calls);
        Assert.Equal(status, (int)refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 19, 20);
        Assert.True(refused.RequestMessage!.Options.TryGetValue(HerzRequestOptions.RefusedBy, out var guard));
        Assert.Equal("retry_after", guard);
        Assert.Contains("asked not to be called", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, host.Counted("herz.outbound.refused", "guard=retry_after,mode=enforce"));

        host.Time.Advance(TimeSpan.FromSeconds(20));
        using var answer = await host.Client.GetAsync(server.Address);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Call_WithRetryAfterAsADate_IsRefusedUntilThen()
    {
        // The clock of the dependency is an hour ahead: only the difference to its own date counts.
        await using var host = OutboundHost.Create();
        var ahead = host.Time.GetUtcNow() + TimeSpan.FromHours(1);
        await using var server = await StartAsync(503, (ahead + TimeSpan.FromSeconds(30)).ToString("R", CultureInfo.InvariantCulture), ahead.ToString("R", CultureInfo.InvariantCulture));
        await host.RunAsync(host.Client.GetAsync(server.Address));

        host.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Client.GetAsync(server.Address)).StatusCode);
        Assert.Single(server.Calls);

        host.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync(server.Address)).StatusCode);
    }

    [Theory]
    [InlineData(null, null, 61, 2)]
    [InlineData(null, null, 59, 1)]
    [InlineData("MaxRetryAfter", "00:00:05", 6, 2)]
    [InlineData("MaxRetryAfter", "00:00:00", 0, 2)]
    public async Task RetryAfter_IsCapped(string? key, string? value, int seconds, int calls)
    {
        await using var server = await StartAsync(503, "86400");
        await using var host = OutboundHost.Create(key is null ? null : new() { [$"Outbound:Defaults:{key}"] = value });
        await host.RunAsync(host.Client.GetAsync(server.Address));

        host.Time.Advance(TimeSpan.FromSeconds(seconds));
        await host.Client.GetAsync(server.Address);

        Assert.Equal(calls, server.Calls.Count);
    }

    [Theory]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("0")]
    public async Task RetryAfter_ThatAsksForNothing_PausesNothing(string value)
    {
        await using var server = await StartAsync(503, value);
        await using var host = OutboundHost.Create();
        await host.RunAsync(host.Client.GetAsync(server.Address));
        await host.RunAsync(host.Client.GetAsync(server.Address));

        Assert.Equal(0, host.Counted("herz.outbound.refused"));
    }

    [Fact]
    public async Task RetryAfter_OfOneRouteOrAccount_LeavesTheOthersAlone()
    {
        await using var server = await DependencyServer.StartAsync(static (context, _) =>
        {
            var isLimited = context.Request.Headers.Authorization == "Bearer a" && context.Request.Path.StartsWithSegments("/search");
            context.Response.StatusCode = isLimited ? 429 : 200;
            context.Response.Headers.RetryAfter = "60";
            return Task.CompletedTask;
        });
        await using var host = OutboundHost.Create();

        var statuses = await StatusesAsync(("a", "/search"), ("b", "/search"), ("a", "/orders/7"), ("a", "/search"));
        Assert.Equal([429, 200, 200, 429], statuses);
        Assert.Equal(3, server.Calls.Count);

        async Task<int[]> StatusesAsync(params (string Account, string Path)[] calls)
        {
            var statuses = new List<int>();
            foreach (var (account, path) in calls)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path));
                request.Headers.Authorization = new("Bearer", account);
                using var answer = await host.RunAsync(host.Client.SendAsync(request));
                statuses.Add((int)answer.StatusCode);
            }

            return [.. statuses];
        }
    }

    [Fact]
    public async Task RetryAfter_OfThreePaths_PausesTheDependencyAndIsLogged()
    {
        await using var server = await StartAsync(503, "30", answers: 100);
        await using var host = OutboundHost.Create();
        foreach (var path in (string[])["/a", "/b", "/c", "/d", "/e"])
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await host.RunAsync(host.Client.GetAsync(new Uri(server.Address, path)));
        }

        Assert.Equal(["/a", "/b", "/c"], server.Calls.Select(static call => call.Path));
        Assert.Contains("503 with Retry-After", Assert.Single(host.Logs.Entries, static entry => entry.EventId == 602).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RetryAfter_WithPauseAllCalls_PausesTheDependencyAtOnce()
    {
        await using var server = await StartAsync(429, "30", answers: 100);
        await using var host = OutboundHost.Create(new() { ["Outbound:Dependencies:stock:PauseAllCalls"] = "true", ["Outbound:Dependencies:stock:Hosts:0"] = "127.0.0.1" });
        await host.RunAsync(host.Client.GetAsync(new Uri(server.Address, "/a")));
        await host.RunAsync(host.Client.PostAsync(new Uri(server.Address, "/b"), null));

        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task RetryAfter_InModeObserve_IsCountedOnly()
    {
        await using var server = await StartAsync(503, "30");
        await using var host = OutboundHost.Create(new() { ["Outbound:Mode"] = "Observe" });
        await host.RunAsync(host.Client.GetAsync(server.Address));

        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync(server.Address)).StatusCode);
        Assert.Equal(1, host.Counted("herz.outbound.refused", "guard=retry_after,mode=observe"));
    }

    private static Task<DependencyServer> StartAsync(int status, string retryAfter, string? date = null, int answers = 1) => DependencyServer.StartAsync((context, number) =>
    {
        context.Response.StatusCode = number <= answers ? status : 200;
        if (number <= answers)
        {
            context.Response.Headers.RetryAfter = retryAfter;
            context.Response.Headers.Date = date ?? context.Response.Headers.Date;
        }

        return Task.CompletedTask;
    });
}
