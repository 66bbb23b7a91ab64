using System.IO.Compression;
using System.Net;
using Herz.Resilience.Tests.Hosting;

namespace Herz.Resilience.Tests.Metrics;

public class MetricsEndpointTests
{
    [Fact]
    public async Task OneCall_RequestThenScrape_ShowsTheRequestAndTheAppsOwnMetrics()
    {
        var cancellation = TestContext.Current.CancellationToken;
        Prometheus.Metrics.CreateCounter("metrics_endpoint_tests_total", "Of the app.").Inc();
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/orders/{id}", (int id) => id));
        await app.Client.GetAsync("/orders/7", cancellation);

        var text = await app.Client.GetStringAsync("/metrics", cancellation);

        Assert.Contains("herz_request_duration_seconds_count{", text, StringComparison.Ordinal);
        Assert.Contains("route=\"/orders/{id}\"", text, StringComparison.Ordinal);
        Assert.Contains("metrics_endpoint_tests_total", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoApps_EachShowsItsOwnRequests()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var first = await TestApp.StartAsync(static app => app.MapGet("/first", () => "1"));
        await using var second = await TestApp.StartAsync(static app => app.MapGet("/second", () => "2"));
        await first.Client.GetAsync("/first", cancellation);
        await second.Client.GetAsync("/second", cancellation);

        var text = await second.Client.GetStringAsync("/metrics", cancellation);

        Assert.Contains("route=\"/second\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("route=\"/first\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("deflate, gzip;q=0.5", true)]
    [InlineData("*", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("*, gzip;q=0", false)]
    [InlineData("br", false)]
    [InlineData("", false)]
    [InlineData(";;", false)]
    public async Task Scrape_IsCompressedIfTheScraperAcceptsIt(string encodings, bool zipped)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/orders/{id}", (int id) => id));
        await app.Client.GetAsync("/orders/7", cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", encodings);

        using var answer = await app.Client.SendAsync(request, cancellation);

        Assert.Equal(zipped ? ["gzip"] : [], answer.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", string.Join(',', answer.Headers.Vary), StringComparison.Ordinal);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
        await using var plain = zipped ? new GZipStream(body, CompressionMode.Decompress) : body;
        using var reader = new StreamReader(plain);
        Assert.Contains("route=\"/orders/{id}\"", await reader.ReadToEndAsync(cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_Configured_ReplacesTheDefault()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var app = await TestApp.StartAsync(static _ => { }, new() { ["Metrics:Path"] = "/internal/scrape" });

        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/internal/scrape", cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync("/metrics", cancellation)).StatusCode);
    }

    [Fact]
    public async Task Mode_Off_LeavesThePathToTheApp()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var app = await TestApp.StartAsync(
            static app => app.MapGet("/metrics", () => "the app's own"), new() { ["Metrics:Enabled"] = "false" });

        Assert.Equal("the app's own", await app.Client.GetStringAsync("/metrics", cancellation));
    }

    [Fact]
    public async Task IncludeDefaultRegistry_False_ShowsOnlyThisHost()
    {
        var cancellation = TestContext.Current.CancellationToken;
        Prometheus.Metrics.CreateCounter("metrics_endpoint_left_out_total", "Of the app.").Inc();
        await using var app = await TestApp.StartAsync(
            static app => app.MapGet("/", () => "x"), new() { ["Metrics:IncludeDefaultRegistry"] = "false" });
        await app.Client.GetAsync("/", cancellation);

        var text = await app.Client.GetStringAsync("/metrics", cancellation);

        Assert.DoesNotContain("metrics_endpoint_left_out_total", text, StringComparison.Ordinal);
        Assert.Contains("herz_request_duration_seconds", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_OverHttp_ReturnsOnlyHeaders()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var app = await TestApp.StartAsync(static _ => { });
        using var request = new HttpRequestMessage(HttpMethod.Head, "/metrics");

        using var response = await app.Client.SendAsync(request, cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Content.Headers.ContentLength > 0);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    [Theory]
    [InlineData("Metrics:Path", "metrics", "Herz:Metrics:Path is \"metrics\"")]
    [InlineData("Metrics:MaxSeriesPerInstrument", "0", "Herz:Metrics:MaxSeriesPerInstrument is 0; expected a whole number from 1 to 1000000")]
    [InlineData("Metrics:IncludeDefaultRegistry", "perhaps", "Herz:Metrics:IncludeDefaultRegistry is \"perhaps\"")]
    public async Task InvalidOption_StopsTheStartWithItsKeyAndValue(string key, string value, string message)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => TestApp.StartAsync(static _ => { }, new() { [key] = value }));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddHerzMetricsAlone_AnswersAndMeasures()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHerzMetrics();
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseHerzMetrics();
        app.MapGet("/alone", () => "x");
        await app.StartAsync(cancellation);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await client.GetAsync("/alone", cancellation);

        Assert.Contains("route=\"/alone\"", await client.GetStringAsync("/metrics", cancellation), StringComparison.Ordinal);
    }
}
