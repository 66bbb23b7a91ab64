using System.Text;
using Prometheus;

namespace Herz.Resilience.Tests.Metrics.Exposition;

public class PrometheusExporterTests
{
    [Fact]
    public async Task Get_WithAnAppRegistry_ContainsBoth()
    {
        var app = Prometheus.Metrics.NewCustomRegistry();
        Prometheus.Metrics.WithCustomRegistry(app).CreateCounter("orders_placed_total", "Orders.").Inc();
        using var host = new MeterHost(app: app);
        host.Meter.CreateCounter<int>("herz.requests").Add(2);

        var (status, body, context) = await AskAsync(host, "GET", null);

        Assert.Equal(200, status);
        Assert.Contains("orders_placed_total 1\n", body, StringComparison.Ordinal);
        Assert.Contains("herz_requests_total 2\n", body, StringComparison.Ordinal);
        Assert.DoesNotContain("# EOF", body, StringComparison.Ordinal);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", context.Response.ContentType);
        Assert.Equal(Encoding.UTF8.GetByteCount(body), context.Response.ContentLength);
    }

    [Fact]
    public async Task Get_OpenMetrics_EndsOnceAndOnlyAtTheEnd()
    {
        var app = Prometheus.Metrics.NewCustomRegistry();
        Prometheus.Metrics.WithCustomRegistry(app).CreateCounter("orders_placed_total", "Orders.").Inc();
        using var host = new MeterHost(app: app);
        host.Meter.CreateCounter<int>("herz.requests").Add(2);

        var (_, body, context) = await AskAsync(host, "GET", "application/openmetrics-text;version=1.0.0");

        Assert.Equal(body.Length - "# EOF\n".Length, body.IndexOf("# EOF\n", StringComparison.Ordinal));
        Assert.Contains("# TYPE orders_placed counter\n", body, StringComparison.Ordinal);
        Assert.Contains("# TYPE herz_requests counter\nherz_requests_total 2.0\n", body, StringComparison.Ordinal);
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", context.Response.ContentType);
    }

    [Fact]
    public async Task Head_ReturnsTheHeadersOfGetWithoutABody()
    {
        using var host = new MeterHost();
        host.Meter.CreateCounter<int>("herz.requests").Add(2);
        var (_, body, _) = await AskAsync(host, "GET", null);

        var (status, none, context) = await AskAsync(host, "HEAD", null);

        Assert.Equal(200, status);
        Assert.Empty(none);
        Assert.Equal(body.Length, context.Response.ContentLength);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task OtherMethod_Is405WithAllow(string method)
    {
        using var host = new MeterHost();

        var (status, body, context) = await AskAsync(host, method, null);

        Assert.Equal(405, status);
        Assert.Equal("GET, HEAD", context.Response.Headers.Allow);
        Assert.Empty(body);
    }

    [Fact]
    public async Task CallbackOfTheAppThatThrows_DoesNotFailTheScrape()
    {
        var app = Prometheus.Metrics.NewCustomRegistry();
        app.AddBeforeCollectCallback(() => throw new InvalidOperationException("no value today"));
        Prometheus.Metrics.WithCustomRegistry(app).CreateCounter("orders_placed_total", "Orders.").Inc();
        using var host = new MeterHost(app: app);
        host.Meter.CreateCounter<int>("herz.requests").Add(2);

        var (status, body, _) = await AskAsync(host, "GET", null);

        Assert.Equal(200, status);
        Assert.Contains("orders_placed_total 1\n", body, StringComparison.Ordinal);
        Assert.Contains("herz_requests_total 2\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancelledScrape_DoesNotBlockTheNext()
    {
        using var host = new MeterHost();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => host.Exporter.WriteAsync(Stream.Null, ExpositionFormat.PrometheusText, new CancellationToken(canceled: true)));

        var (status, _, _) = await AskAsync(host, "GET", null);

        Assert.Equal(200, status);
    }

    [Fact]
    public async Task LargeExposition_GrowsTheBufferAndIsComplete()
    {
        using var host = new MeterHost();
        var duration = host.Meter.CreateHistogram<double>("herz.request.duration", "s");
        for (var i = 0; i < 1_500; i++)
        {
            duration.Record(0.1, new KeyValuePair<string, object?>("http.route", $"/route/{i}"));
        }

        var (_, body, context) = await AskAsync(host, "GET", null);

        Assert.True(body.Length > 1_000_000);
        Assert.Equal(context.Response.ContentLength, body.Length);
        Assert.Equal(1_500, body.Split("_count{").Length - 1);
    }

    [Fact]
    public async Task SimultaneousScrapes_AreAllComplete()
    {
        using var host = new MeterHost();
        host.Meter.CreateObservableGauge("herz.seen", () => 1);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => AskAsync(host, "GET", null))));

        Assert.All(answers, answer => Assert.Contains("herz_seen 1\n", answer.Body, StringComparison.Ordinal));
    }

    private static async Task<(int Status, string Body, HttpContext Context)> AskAsync(MeterHost host, string method, string? accept)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Headers.Accept = accept;
        using var body = new MemoryStream();
        context.Response.Body = body;
        await host.Exporter.WriteAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()), context);
    }
}
