using System.Globalization;
using Herz.Resilience.Benchmarks.Harmless.Clients;
using Microsoft.Extensions.FileProviders;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Many clients behind one address, and single clients with many requests.</summary>
internal static class Crowds
{
    private const int Assets = 350;

    public static readonly HealthyApp[] All =
    [
        new("nat-forwarded", "an ingress: one peer, 600 clients in X-Forwarded-For, ForwardedHeaders not configured", Map, static visitor => Visitor.AllAsync(600, index =>
            visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/orders?ms=5") { Headers = { { "X-Forwarded-For", $"203.0.{index / 200}.{(index % 200) + 1}" } } }))) { Field = "A13" },

        new("nat-office", "600 concurrent clients of one office, then 150/s, from one address without a header", Map, static async visitor =>
        {
            await Visitor.AllAsync(600, _ => visitor.GetAsync("/orders?ms=5"));
            await visitor.PaceAsync(150, 6, _ => visitor.GetAsync("/orders?ms=5"));
        }) { Field = "A13" },

        new("browser-assets", "a page with 350 static files over six connections, loaded three times", MapFiles, static visitor => BrowseAsync(visitor, "/asset-{0}.js", 3)) { Field = "A12" },

        new("browser-assets-h2", "the same over one HTTP/2 connection", MapFiles, static async visitor =>
        {
            var client = visitor.NewClient(http2: true);
            await Visitor.AllAsync(Assets, index => visitor.GetAsync($"/asset-{index}.js", new(Body: $"asset {index}"), client));
            await Visitor.AllAsync(Assets, index => visitor.GetAsync($"/asset-{index}.js", new(Body: $"asset {index}"), client));
        }) { Field = "A12" },

        new("static-assets", "MapStaticAssets: 350 fingerprinted files, each an endpoint", MapAssets, static visitor => BrowseAsync(visitor, "/asset-{0}.js", 2)) { Field = "B16" },

        new("bots", "bots scan 600 missing paths alongside 20/s of users", Map, static visitor => Task.WhenAll(
            visitor.PaceAsync(150, 6, index => visitor.GetAsync($"/wp-admin/{index}.php", new(404))),
            visitor.PaceAsync(20, 8, _ => visitor.GetAsync("/orders?ms=10")))) { Field = "A13" },

        new("connection-churn", "80/s, each over a new connection", Map, static visitor => visitor.PaceAsync(80, 8, _ =>
            visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/orders?ms=10") { Headers = { ConnectionClose = true } }))),

        new("crawler", "a crawler that reads 500 pages over two connections at full speed and expects 304", MapFiles, static async visitor =>
        {
            var client = visitor.NewClient(connections: 2);
            await Visitor.AllAsync(500, index => visitor.SendAsync(
                new HttpRequestMessage(HttpMethod.Get, $"/asset-{index % Assets}.js") { Headers = { { "If-Modified-Since", DateTimeOffset.UtcNow.ToString("R") } } },
                new(304), client));
        }) { Field = "A12" },
    ];

    private static void Map(WebApplication app) => app.MapDependency("/orders");

    private static async Task BrowseAsync(Visitor visitor, string pattern, int times)
    {
        var browser = visitor.NewClient(connections: 6);
        for (var load = 0; load < times; load++)
        {
            await Visitor.AllAsync(Assets, index => visitor.GetAsync(
                string.Format(CultureInfo.InvariantCulture, pattern, index), new(Body: $"asset {index}"), browser));
        }
    }

    private static void MapFiles(WebApplication app) => app.UseStaticFiles(new StaticFileOptions { FileProvider = WriteAssets(app) });

    private static void MapAssets(WebApplication app)
    {
        var files = WriteAssets(app);
        app.Environment.WebRootFileProvider = files;
        var manifest = Path.Combine(files.Root, "assets.endpoints.json");
        var endpoints = Enumerable.Range(0, Assets).Select(index => new
        {
            Route = $"asset-{index}.js",
            AssetFile = $"asset-{index}.js",
            Selectors = Array.Empty<string>(),
            EndpointProperties = Array.Empty<string>(),
            ResponseHeaders = new[]
            {
                new { Name = "Content-Length", Value = files.GetFileInfo($"asset-{index}.js").Length.ToString(CultureInfo.InvariantCulture) },
                new { Name = "Content-Type", Value = "text/javascript" }, new { Name = "ETag", Value = $"\"{index}\"" },
                new { Name = "Last-Modified", Value = DateTimeOffset.UtcNow.ToString("R") }, new { Name = "Cache-Control", Value = "no-cache" },
            },
        });
        File.WriteAllText(manifest, System.Text.Json.JsonSerializer.Serialize(new { Version = 1, ManifestType = "Build", Endpoints = endpoints }));
        app.MapStaticAssets(manifest);
    }

    private static PhysicalFileProvider WriteAssets(WebApplication app)
    {
        var folder = Directory.CreateTempSubdirectory("harmless-");
        for (var index = 0; index < Assets; index++)
        {
            File.WriteAllText(Path.Combine(folder.FullName, $"asset-{index}.js"), $"// asset {index}\n");
        }

        app.Lifetime.ApplicationStopped.Register(() => folder.Delete(recursive: true));
        return new PhysicalFileProvider(folder.FullName);
    }
}
