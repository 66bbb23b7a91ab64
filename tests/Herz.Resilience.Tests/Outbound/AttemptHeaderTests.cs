using System.Net;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Outbound.Servers;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Outbound;

/// <summary>The agreement of the tiers of a chain on who retries, and the deadline.</summary>
public sealed class AttemptHeaderTests
{
    [Fact]
    public async Task Call_ToAHostInside_CarriesTheNumberOfTheAttempt()
    {
        await using var server = await DependencyServer.StartAsync(503, 503, 200);
        await using var host = OutboundHost.Create();

        await host.RunAsync(host.Client.GetAsync(server.Address));

        Assert.Equal(["1", "2", "3"], server.Calls.Select(static call => call.Headers["Herz-Attempt"]));
    }

    [Fact]
    public async Task Call_WithSendAttemptFalse_CarriesNoNumber()
    {
        await using var server = await DependencyServer.StartAsync(503, 200);
        await using var host = OutboundHost.Create(new() { ["Outbound:Defaults:SendAttempt"] = "false" });

        await host.RunAsync(host.Client.GetAsync(server.Address));

        Assert.All(server.Calls, static call => Assert.DoesNotContain("Herz-Attempt", call.Headers));
    }

    [Fact]
    public async Task Answer_OfATierThatHasRetried_IsNotRetried()
    {
        await using var server = await DependencyServer.StartAsync(static (context, _) =>
        {
            context.Response.StatusCode = 500;
            context.Response.Headers["Herz-Retried"] = "true";
            return Task.CompletedTask;
        });
        await using var host = OutboundHost.Create();

        await host.RunAsync(host.Client.GetAsync(server.Address));

        Assert.Single(server.Calls);
        Assert.Equal(1, host.Counted("herz.outbound.retries", "outcome=other_tier"));
    }

    [Fact]
    public async Task Chain_WhoseLastTierIsDown_IsRetriedByOneTier()
    {
        var time = new FakeTimeProvider();
        await using var last = await DependencyServer.StartAsync(500);
        await using var third = await TierAsync(last.Address, time);
        await using var second = await TierAsync(third.Address, time);
        await using var first = await TierAsync(second.Address, time);

        // A tier reports retries from its second request on, when it has made a call.
        await GetAsync(first, time);
        var (before, retriedInside) = (last.Calls.Count, await RetriedInsideAsync());
        for (var call = 0; call < 20; call++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, (await GetAsync(first, time)).StatusCode);
            time.Advance(TimeSpan.FromSeconds(11));
        }

        Assert.Equal(20 * 3, last.Calls.Count - before);
        Assert.Equal(20, await RetriedInsideAsync() - retriedInside);

        Task<double> RetriedInsideAsync() => Hosting.Apps.Scrape.SumAsync(first.Client, "herz_outbound_retries_total", "outcome=\"other_tier\"");
    }

    [Fact]
    public async Task Request_ThatIsARetryOfItsCaller_IsNotRetriedAgain()
    {
        var time = new FakeTimeProvider();
        await using var last = await DependencyServer.StartAsync(503);
        await using var app = await TierAsync(last.Address, time);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Herz-Attempt", "2");

        await RunAsync(app.Client.SendAsync(request), time);

        Assert.Single(last.Calls);
    }

    [Fact]
    public async Task Answer_ToAClientThatSendsNoAttempt_CarriesNothing()
    {
        var time = new FakeTimeProvider();
        await using var last = await DependencyServer.StartAsync(500);
        await using var app = await TierAsync(last.Address, time);
        await GetAsync(app, time);

        using var plain = await GetAsync(app, time);
        Assert.DoesNotContain("Herz-Retried", plain.Headers.Select(static header => header.Key));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Herz-Attempt", "1");
        using var marked = await RunAsync(app.Client.SendAsync(request), time);
        Assert.Equal("true", Assert.Single(marked.Headers.GetValues("Herz-Retried")));
    }

    [Fact]
    public async Task Call_ThatCannotFinishWithinTheDeadline_IsNotRetried()
    {
        var time = new FakeTimeProvider();
        await using var last = await DependencyServer.StartAsync(200, 503);
        await using var app = await TierAsync(last.Address, time, new()
        {
            ["Deadlines:Tiers:Api"] = "00:00:00.800",
            ["Outbound:Defaults:RetryDelay"] = "00:00:01",
            ["Outbound:Defaults:MaxRetryDelay"] = "00:00:01",
        });

        using var first = await app.Client.GetAsync("/");
        using var second = await app.Client.GetAsync("/");

        Assert.Equal(HttpStatusCode.InternalServerError, second.StatusCode);
        Assert.Equal(2, last.Calls.Count);
        Assert.Equal(1, await Hosting.Apps.Scrape.SumAsync(app.Client, "herz_outbound_retries_total", "outcome=\"deadline\""));
    }

    private static Task<TestApp> TierAsync(Uri next, FakeTimeProvider time, Dictionary<string, string?>? settings = null) => TestApp.StartAsync(
        app => app.MapGet("/", async (IHttpClientFactory clients, CancellationToken cancellation) =>
        {
            using var answer = await clients.CreateClient("next").GetAsync(next, cancellation);
            return answer.IsSuccessStatusCode ? Results.Ok() : Results.StatusCode(500);
        }),
        settings,
        time);

    private static Task<HttpResponseMessage> GetAsync(TestApp app, FakeTimeProvider time) => RunAsync(app.Client.GetAsync("/"), time);

    private static async Task<HttpResponseMessage> RunAsync(Task<HttpResponseMessage> work, FakeTimeProvider time)
    {
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System));
            time.Advance(TimeSpan.FromMilliseconds(20));
        }

        return await work;
    }
}
