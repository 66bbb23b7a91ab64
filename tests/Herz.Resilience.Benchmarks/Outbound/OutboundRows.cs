using System.Globalization;
using System.Net;
using Herz.Resilience.Benchmarks.Harmless.Clients;
using Herz.Resilience.Outbound.Dependencies;

namespace Herz.Resilience.Benchmarks.Outbound;

/// <summary>The rows of the table. Each measures one stack and returns what it has measured.</summary>
internal static class OutboundRows
{
    private const string Address = "http://stock.example.com/orders/17";

    private static readonly (string, string) s_unthrottled = ("Outbound:Defaults:Throttle", "false");

    /// <summary>200/s to a dependency that answers only 503: what it gets, of what was called.</summary>
    public static async Task<string> DownAsync(string stack, int seconds, bool throttles)
    {
        var dependency = new SimulatedDependency(static _ => (HttpStatusCode.ServiceUnavailable, default));
        using var client = ClientStack.Create(stack, dependency, throttles ? [] : [s_unthrottled]);
        var calls = await CallLoad.RunAsync(client, Address, 200, seconds, patience: 15);
        return Format($"{(double)dependency.Calls / calls.Length:F3}×");
    }

    /// <summary>50/s through three tiers that each retry, the last of which calls a dependency that is down.</summary>
    public static async Task<string> ChainAsync(string stack, int seconds)
    {
        var dependency = new SimulatedDependency(static _ => (HttpStatusCode.InternalServerError, default));
        var apps = new List<WebApplication>();
        var next = "http://stock/";
        for (var tier = 3; tier >= 1; tier--)
        {
            var app = await StartTierAsync(stack, next, tier == 3 ? () => dependency : null);
            apps.Add(app);
            next = app.Urls.First();
        }

        using var client = new HttpClient();
        var calls = await CallLoad.RunAsync(client, next, 50, seconds, patience: 30);
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }

        return Format($"{(double)dependency.Calls / calls.Length:F3}×");
    }

    /// <summary>50/s to a dependency of which 30 % of the answers are 503 at random.</summary>
    public static async Task<string> RandomAsync(string stack, int seconds)
    {
        var dependency = new SimulatedDependency(static call => (SeededRandom.Between(7, call, 0, 100) < 30 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, default));
        using var client = ClientStack.Create(stack, dependency);
        var calls = await CallLoad.RunAsync(client, Address, 50, seconds, patience: 15);
        return Format($"{(double)calls.Count(static call => call.IsSuccess) / calls.Length:P1} served, {(double)dependency.Calls / calls.Length:F2}× load");
    }

    /// <summary>100/s each to an endpoint that calls a dependency that takes 30 s, to one that calls a quick one, and to one that calls none.</summary>
    public static async Task<string> SlowAsync(string stack, int seconds)
    {
        var slow = new SimulatedDependency(static _ => (HttpStatusCode.OK, TimeSpan.FromSeconds(30)));
        var quick = new SimulatedDependency(static _ => (HttpStatusCode.OK, TimeSpan.FromMilliseconds(20)));
        var builder = WebApplication.CreateSlimBuilder();
        ClientStack.Add(builder, stack, () => slow);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var client = builder.Services.AddHttpClient("quick").ConfigurePrimaryHttpMessageHandler(() => quick);
        if (stack == ClientStack.Standard)
        {
            client.AddStandardResilienceHandler();
        }

        await using var app = builder.Build();
        app.MapGet("/slow", (IHttpClientFactory clients, CancellationToken cancellation) => clients.CreateClient("next").GetStringAsync(new Uri("http://slow.example.com/"), cancellation));
        app.MapGet("/quick", (IHttpClientFactory clients, CancellationToken cancellation) => clients.CreateClient("quick").GetStringAsync(new Uri("http://quick.example.com/"), cancellation));
        app.MapGet("/none", static () => "ok");
        await app.StartAsync();
        using var browser = new HttpClient();
        var runs = await Task.WhenAll(((string[])["slow", "quick", "none"]).Select(path => CallLoad.RunAsync(browser, $"{app.Urls.First()}/{path}", 100, seconds, patience: 1)));
        return Format($"{InTime(runs[1]):P1} and {InTime(runs[2]):P1} in time");
    }

    /// <summary>100/s to a dependency that takes 20 ms, and 1 s for one call in a hundred.</summary>
    public static async Task<string> HedgingAsync(string stack, int seconds)
    {
        var dependency = new SimulatedDependency(static call => (HttpStatusCode.OK, TimeSpan.FromMilliseconds(SeededRandom.Between(9, call, 0, 100) == 0 ? 1_000 : SeededRandom.Between(10, call, 15, 25))));
        using var client = ClientStack.Create(stack, dependency, ("Outbound:Defaults:Hedge", "true"));
        await CallLoad.RunAsync(client, Address, 100, 5);
        var before = dependency.Calls;
        var calls = await CallLoad.RunAsync(client, Address, 100, seconds);
        return Format($"p95 {CallLoad.Percentile(calls, 0.95):F0} ms, p99 {CallLoad.Percentile(calls, 0.99):F0} ms, p99.5 {CallLoad.Percentile(calls, 0.995):F0} ms, {(double)(dependency.Calls - before) / calls.Length:F3}× load");
    }

    /// <summary>The memory of 10,000 dependencies that have been called, and how many of 30,000 are kept.</summary>
    public static string Memory()
    {
        var table = new DependencyTable(TimeProvider.System);
        table.Find("first").Took(1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Call(table, 0, 9_999);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / 9_999;
        Call(table, 10_000, 30_000);
        return Format($"{each} B each, {table.Count} of 30,000 kept");
    }

    private static void Call(DependencyTable table, int from, int to)
    {
        for (var index = from; index < to; index++)
        {
            var dependency = table.Find(new Uri($"http://service-{index}.shop.svc.cluster.local:8080/"), isGrpc: false);
            dependency.Calls.Add(1);
            dependency.Took(1);
        }
    }

    private static async Task<WebApplication> StartTierAsync(string stack, string next, Func<HttpMessageHandler>? dependency)
    {
        var builder = WebApplication.CreateSlimBuilder();
        ClientStack.Add(builder, stack, dependency, s_unthrottled, ("CircuitBreaking:Mode", "Off"), ("LoadShedding:Mode", "Off"));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/", async (IHttpClientFactory clients, CancellationToken cancellation) =>
        {
            using var answer = await clients.CreateClient("next").GetAsync(new Uri(next), cancellation);
            return Results.StatusCode((int)answer.StatusCode);
        });
        await app.StartAsync();
        return app;
    }

    private static double InTime((double Seconds, bool IsSuccess)[] calls) => (double)calls.Count(static call => call is { IsSuccess: true, Seconds: < 0.8 }) / calls.Length;

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
