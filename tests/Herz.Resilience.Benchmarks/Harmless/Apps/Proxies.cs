using Herz.Resilience.Benchmarks.Harmless.Clients;
using Herz.Resilience.Benchmarks.Harmless.Servers;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>A reverse proxy with one route for several apps.</summary>
internal static class Proxies
{
    public static readonly HealthyApp[] All =
    [
        Row("proxy-failing-path", "one failing path among ten behind {**all}", MapBehind, static visitor => visitor.PaceAsync(30, 10, index =>
            visitor.GetAsync($"/service-{index % 10}/orders?ms=10&fail={index % 10 == 3}", new(Body: Dependency.Body, Fails: index % 10 == 3))), "A23"),

        Row("proxy-slow-destination", "a destination that takes 2 s, alongside fast ones, behind {**all}", MapBehind, static visitor => visitor.PaceAsync(20, 8, index =>
            visitor.GetAsync($"/service-1/orders?ms={(index % 5 == 0 ? 2_000 : 20)}", new(Body: Dependency.Body))), "B3"),

        Row("proxy-upload-tls", "uploads of 10 MB that take 1.5 s, over TLS", Uploads.Map, static visitor =>
        {
            var client = visitor.NewClient();
            client.BaseAddress = visitor.Server.Tls;
            return visitor.LoopAsync(3, 8, (_, _) => Uploads.CopyAsync(visitor, 10 * 1024 * 1024, TimeSpan.FromMilliseconds(150), client: client));
        }, "A21") with { HasTls = true },

        Row("proxy-leaving", "clients that disconnect at random times of proxied requests and uploads, alongside 20/s that stay", MapBehind, static visitor => Task.WhenAll(
            visitor.PaceAsync(20, 8, index => visitor.AttemptAsync("a client that disconnects", Expected.Ok, () => RawClient.LeaveAsync(
                visitor.Http1, index % 2 == 0 ? "GET" : "POST", "/service-1/orders?ms=100", TimeSpan.FromMilliseconds(SeededRandom.Between(51, index, 0, 150)), index % 2 * 10_000, index % 2 * 3_000))),
            visitor.PaceAsync(20, 8, _ => visitor.GetAsync("/service-1/orders?ms=20", new(Body: Dependency.Body)))), "A5"),
    ];

    private static void MapBehind(WebApplication backend) =>
        backend.MapMethods("/{service}/orders", ["GET", "POST"], static async (HttpRequest request, int ms, bool? fail, CancellationToken cancellation) =>
        {
            await request.Body.CopyToAsync(Stream.Null, cancellation);
            await Task.Delay(ms, cancellation);
            return fail is true ? Results.Text("the service failed", statusCode: StatusCodes.Status500InternalServerError) : Results.Text(Dependency.Body);
        });

    private static HealthyApp Row(string name, string title, Action<WebApplication> behind, Func<Visitor, Task> drive, string field) => new(name, title, app =>
    {
        var destination = Backend.Start(app, behind);
        app.Services.GetRequiredService<InMemoryConfigProvider>().Update(
            [new RouteConfig { RouteId = "all", ClusterId = "all", Match = new RouteMatch { Path = "{**all}" } }],
            [new ClusterConfig { ClusterId = "all", HttpRequest = new ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromSeconds(30) }, Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = destination.ToString() } } }]);
        app.MapReverseProxy();
    }, drive)
    {
        Field = field,
        Configure = static builder => builder.Services.AddReverseProxy().LoadFromMemory([], []),
    };
}
