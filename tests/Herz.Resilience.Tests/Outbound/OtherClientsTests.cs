using System.Diagnostics;
using System.Net;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Hosting.Apps;
using Herz.Resilience.Tests.Outbound.Servers;
using Microsoft.Extensions.Http.Resilience;
using Yarp.ReverseProxy.Forwarder;

namespace Herz.Resilience.Tests.Outbound;

/// <summary>Clients with a resilience handler of their own, clients that the factory has not made, and YARP.</summary>
public sealed class OtherClientsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientWithTheStandardHandler_IsNotRetriedHereToo(bool isBefore)
    {
        await using var server = await DependencyServer.StartAsync(503);
        await using var host = OutboundHost.Create(build: isBefore ? null : AddStandardHandler, before: isBefore ? AddStandardHandler : null);
        var (first, second) = (host.CreateClient("stock"), host.CreateClient("stock"));

        await host.RunAsync(first.GetAsync(server.Address));
        await host.RunAsync(second.GetAsync(server.Address));

        // One attempt and three retries each, of the standard handler.
        Assert.Equal(8, server.Calls.Count);
        Assert.Equal(0, host.Counted("herz.outbound.retries"));
        Assert.Equal(2, host.Table.All.Single().Calls.Sum(host.Time.GetTimestamp()));
        Assert.Contains("ResilienceHandler", Assert.Single(host.Logs.Entries, static entry => entry.EventId == 603).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientWhoseStandardHandlerWasRemoved_IsRetriedHere()
    {
        await using var server = await DependencyServer.StartAsync(503, 200);
#pragma warning disable EXTEXP0001 // Experimental, and what the log recommends.
        await using var host = OutboundHost.Create(
            build: static builder => builder.Services.AddHttpClient("stock").RemoveAllResilienceHandlers(), before: AddStandardHandler);
#pragma warning restore EXTEXP0001

        await host.RunAsync(host.CreateClient("stock").GetAsync(server.Address));

        Assert.Equal(2, server.Calls.Count);
        Assert.Equal(1, host.Counted("herz.outbound.retries", "outcome=succeeded"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientMadeWithNew_IsCountedAndNamedOnce(bool hasActivity)
    {
        await using var server = await DependencyServer.StartAsync(200);
        using var plain = new HttpClient();
        await using var app = await StartAsync(_ => plain, server.Address, hasActivity);

        for (var call = 0; call < 3; call++)
        {
            Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/")).StatusCode);
        }

        Assert.Equal(3, await Scrape.SumAsync(app.Client, "herz_outbound_unguarded_total", "host=\"127.0.0.1\""));
        Assert.Contains("AddHttpClient", Assert.Single(app.Logs.Entries, static entry => entry.EventId == 604).Message, StringComparison.Ordinal);

        // Without an activity of the app none is made, so no header is added.
        Assert.All(server.Calls, call => Assert.Equal(hasActivity, call.Headers.ContainsKey("traceparent")));
    }

    [Fact]
    public async Task ClientMadeWithNew_WithATracer_IsCountedOnce()
    {
        using var tracer = new ActivityListener { ShouldListenTo = static source => source.Name == "System.Net.Http", Sample = static (ref _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(tracer);
        await using var server = await DependencyServer.StartAsync(200);
        using var plain = new HttpClient();
        await using var app = await StartAsync(_ => plain, server.Address, hasActivity: false);

        await app.Client.GetAsync("/");

        Assert.Equal(1, await Scrape.SumAsync(app.Client, "herz_outbound_unguarded_total"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientOfTheFactory_IsNotCounted(bool hasActivity)
    {
        await using var server = await DependencyServer.StartAsync(200);
        await using var app = await StartAsync(static context => context.RequestServices.GetRequiredService<IHttpClientFactory>().CreateClient(), server.Address, hasActivity);

        await app.Client.GetAsync("/");

        Assert.Single(server.Calls);
        Assert.Equal(0, await Scrape.SumAsync(app.Client, "herz_outbound_unguarded_total"));
    }

    [Fact]
    public async Task Forwarder_IsLeftAlone()
    {
        await using var server = await DependencyServer.StartAsync(503);
        await using var app = await TestApp.StartAsync(
            web => web.MapForwarder("/{**all}", server.Address.ToString()), build: static builder => builder.Services.AddHttpForwarder());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await app.Client.GetAsync("/stock")).StatusCode);

        Assert.DoesNotContain("Herz-Attempt", Assert.Single(server.Calls).Headers);
        Assert.Equal(0, await Scrape.SumAsync(app.Client, "herz_outbound_unguarded_total"));
        Assert.DoesNotContain(app.Logs.Entries, static entry => entry.EventId == 604);
    }

    private static Task<TestApp> StartAsync(Func<HttpContext, HttpClient> client, Uri dependency, bool hasActivity) => TestApp.StartAsync(web => web.MapGet("/", async context =>
    {
        Activity.Current = hasActivity ? Activity.Current ?? new Activity("request").Start() : null;
        using var answer = await client(context).GetAsync(dependency);
    }));

    private static void AddStandardHandler(HostApplicationBuilder builder) => builder.Services.ConfigureHttpClientDefaults(static client =>
        client.AddStandardResilienceHandler(static options => options.Retry.Delay = TimeSpan.FromMilliseconds(1)));
}
