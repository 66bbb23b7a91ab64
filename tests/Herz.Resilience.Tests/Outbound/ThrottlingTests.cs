using System.Net;
using Herz.Resilience.Tests.Outbound.Servers;

namespace Herz.Resilience.Tests.Outbound;

public sealed class ThrottlingTests
{
    [Fact]
    public async Task RouteThatRejectsAllCalls_IsThrottled_AndTheOthersAreNot()
    {
        await using var server = await DependencyServer.StartAsync(static (context, _) =>
        {
            context.Response.StatusCode = context.Request.Path.StartsWithSegments("/broken") ? 503 : 200;
            return Task.CompletedTask;
        });
        await using var host = OutboundHost.Create(new() { ["Outbound:Defaults:Retry"] = "false" });

        var (broken, others) = await CallAsync(host, server, 200);

        Assert.InRange(broken, 30, 120);
        Assert.Equal(200, others);
        Assert.Equal(200 - broken, host.Counted("herz.outbound.refused", "guard=throttling,mode=enforce"));
    }

    [Theory]
    [InlineData("Outbound:Defaults:Throttle", "false", 0)]
    [InlineData("Outbound:Mode", "Observe", 50)]
    public async Task Throttling_ThatIsOffOrObserves_RefusesNothing(string key, string value, int observed)
    {
        await using var server = await DependencyServer.StartAsync(503);
        await using var host = OutboundHost.Create(new() { ["Outbound:Defaults:Retry"] = "false", [key] = value });

        var (broken, others) = await CallAsync(host, server, 100);

        Assert.Equal((100, 100), (broken, others));
        Assert.InRange(host.Counted("herz.outbound.refused", "guard=throttling,mode=observe"), observed, 200);
    }

    [Fact]
    public async Task Dependency_ThatAnswers500_IsNotThrottled()
    {
        await using var server = await DependencyServer.StartAsync(500);
        await using var host = OutboundHost.Create(new() { ["Outbound:Defaults:Retry"] = "false" });

        Assert.Equal((100, 100), await CallAsync(host, server, 100));
    }

    [Fact]
    public async Task AccountThatIsOverItsLimit_IsThrottled_AndTheOthersAreNot()
    {
        await using var server = await DependencyServer.StartAsync(static (context, _) =>
        {
            context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer b" ? 200 : 429;
            return Task.CompletedTask;
        });
        await using var host = OutboundHost.Create(new() { ["Outbound:Defaults:Retry"] = "false" });
        for (var call = 0; call < 600; call++)
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(20));
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, $"/orders/{call}"));
            request.Headers.Authorization = new("Bearer", call % 4 == 0 ? "b" : "a");
            using var answer = await host.Client.SendAsync(request);
        }

        Assert.Equal(150, server.Calls.Count(static call => call.Headers["Authorization"] == "Bearer b"));
        Assert.InRange(server.Calls.Count, 200, 400);
    }

    private static async Task<(int Broken, int Others)> CallAsync(OutboundHost host, DependencyServer server, int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(50));
            using var broken = await host.Client.GetAsync(new Uri(server.Address, $"/broken/{call}"));
            using var other = await host.Client.GetAsync(new Uri(server.Address, $"/orders/{call}"));
        }

        return (server.Calls.Count(static call => call.Path.StartsWith("/broken", StringComparison.Ordinal)), server.Calls.Count(static call => call.Path.StartsWith("/orders", StringComparison.Ordinal)));
    }
}
