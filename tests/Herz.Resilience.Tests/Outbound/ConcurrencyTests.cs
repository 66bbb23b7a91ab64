using System.Net;
using Herz.Resilience.Outbound;
using Herz.Resilience.Outbound.Concurrency;
using Herz.Resilience.Tests.Outbound.Servers;

namespace Herz.Resilience.Tests.Outbound;

public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Calls_BeyondTheLimit_AreRefused_AndEveryEndGivesItsPlaceBack()
    {
        using var gate = new SemaphoreSlim(0);
        await using var server = await DependencyServer.StartAsync(async (context, number) =>
        {
            await gate.WaitAsync(context.RequestAborted);
            context.Response.StatusCode = number == 1 ? 200 : 500;
        });
        await using var host = OutboundHost.Create(new() { ["Outbound:Defaults:MaxConcurrency"] = "3", ["Outbound:Defaults:Retry"] = "false" });
        using var cancellation = new CancellationTokenSource();
        var calls = new[] { host.Client.GetAsync(server.Address), host.Client.GetAsync(server.Address), host.Client.GetAsync(server.Address, cancellation.Token) };
        while (server.Calls.Count < 3)
        {
            await Task.Yield();
        }

        using var refused = await host.Client.GetAsync(server.Address);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.True(refused.RequestMessage!.Options.TryGetValue(HerzRequestOptions.RefusedBy, out var guard));
        Assert.Equal("concurrency", guard);

        // The server may see the cancellation late, and then takes a permit for that call too.
        await cancellation.CancelAsync();
        gate.Release(3);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(calls));
        Assert.Equal(0, host.Services.GetRequiredService<ConcurrencyGuard>().InFlight(host.Table.All.Single()));
        Assert.Equal(3, server.Calls.Count);
    }

    [Theory]
    [InlineData("Outbound:Mode", "Observe", 1)]
    [InlineData("Outbound:Defaults:MaxConcurrency", null, 0)]
    public async Task Calls_WithoutAnEnforcedLimit_AreSent(string key, string? value, int observed)
    {
        using var gate = new SemaphoreSlim(0);
        await using var server = await DependencyServer.StartAsync(async (_, _) => await gate.WaitAsync());
        await using var host = OutboundHost.Create(new() { ["Outbound:Defaults:MaxConcurrency"] = "1", [key] = value });

        var calls = new[] { host.Client.GetAsync(server.Address), host.Client.GetAsync(server.Address) };
        gate.Release(2);
        await Task.WhenAll(calls);

        Assert.InRange(host.Counted("herz.outbound.refused", "guard=concurrency,mode=observe"), 0, observed);
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task Limit_ThatIsRemovedWhileCallsAreInFlight_LosesNoPlace()
    {
        await using var host = OutboundHost.Create(new() { ["Outbound:Defaults:MaxConcurrency"] = "2" });
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var payments = host.Dependencies.Get("payments");
        var first = payments.ExecuteAsync(async _ => await gate.Task, CancellationToken.None).AsTask();
        host.Reload(("Outbound:Defaults:MaxConcurrency", null));
        var second = payments.ExecuteAsync(async _ => await gate.Task, CancellationToken.None).AsTask();
        host.Reload(("Outbound:Defaults:MaxConcurrency", "2"));
        gate.SetResult();
        await Task.WhenAll(first, second);

        Assert.Equal(0, host.Services.GetRequiredService<ConcurrencyGuard>().InFlight(host.Table.All.Single()));
    }
}
