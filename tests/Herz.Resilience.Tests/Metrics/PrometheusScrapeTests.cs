using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Servers;
using Prometheus;

namespace Herz.Resilience.Tests.Metrics;

public class PrometheusScrapeTests
{
    [Fact]
    public async Task RealPrometheus_ScrapingTwice_StoresEveryKindOfMetricWithItsType()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var host = new MeterHost(app: AppRegistry());
        Fill(host.Meter);
        var twice = new CountdownEvent(2);
        var scrapedTwice = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = App(async context =>
        {
            // The second scrape starts after Prometheus has stored the first.
            if (!twice.IsSet && twice.Signal())
            {
                scrapedTwice.SetResult(context.Request.Headers.Accept.ToString());
            }

            await host.Exporter.WriteAsync(context);
        });
        await app.StartAsync(cancellation);
        await using var prometheus = await PrometheusServer.StartAsync(new Uri(app.Urls.First()).Authority, cancellation);

        var accept = await scrapedTwice.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellation);

        Assert.Contains("openmetrics", accept, StringComparison.Ordinal);
        Assert.Equal("1", await prometheus.QueryAsync("up", cancellation));
        Assert.Equal("3", await prometheus.QueryAsync("herz_requests_total{http_route=\"/a \\\"b\\\"\\\\\\n\"}", cancellation));
        Assert.Equal("2", await prometheus.QueryAsync("herz_requests_active", cancellation));
        Assert.Equal("0.25", await prometheus.QueryAsync("herz_load_ratio", cancellation));
        Assert.Equal("1", await prometheus.QueryAsync("herz_request_duration_seconds_bucket{le=\"0.8\"}", cancellation));
        Assert.Equal("4.25", await prometheus.QueryAsync("herz_request_duration_seconds_sum", cancellation));
        Assert.Equal("1", await prometheus.QueryAsync("orders_placed_total", cancellation));
        Assert.Equal("counter", await prometheus.TypeOfAsync("herz_requests", cancellation));
        Assert.Equal("gauge", await prometheus.TypeOfAsync("herz_requests_active", cancellation));
        Assert.Equal("histogram", await prometheus.TypeOfAsync("herz_request_duration_seconds", cancellation));
    }

    [Fact]
    public async Task Promtool_CheckMetrics_FindsNoFault()
    {
        var promtool = ServerProgram.Find("promtool", "prometheus");
        using var host = new MeterHost(app: AppRegistry());
        Fill(host.Meter);

        var (exitCode, output) = await CheckAsync(promtool, await host.ScrapeAsync());

        Assert.True(exitCode == 0 && output.Length == 0, output);
    }

    [Fact]
    public async Task Promtool_CheckMetricsOfTheWholeBundle_FindsNoFault()
    {
        var promtool = ServerProgram.Find("promtool", "prometheus");
        var cancellation = TestContext.Current.CancellationToken;
        await using var app = await TestApp.StartAsync(
            static app =>
            {
                app.MapGet("/", () => "x");
                app.MapGet("/fail", static () => Results.StatusCode(500));
                app.MapGet("/slow", static (CancellationToken deadline) => Task.Delay(Timeout.Infinite, deadline));
            },
            new()
            {
                ["Metrics:IncludeDefaultRegistry"] = "false",
                ["RateLimiting:Policies:default:Burst"] = "5",
                ["RateLimiting:Policies:default:PermitsPerSecond"] = "0.001",
                ["Deadlines:Routes:0:Pattern"] = "/slow",
                ["Deadlines:Routes:0:Api"] = "00:00:00.310",
            });
        foreach (var path in new[] { "/slow", "/fail", "/", "/missing", "/healthz", "/", "/", "/" })
        {
            await app.Client.GetAsync(path, cancellation);
        }

        var exposition = await app.Client.GetStringAsync("/metrics", cancellation);
        var (exitCode, output) = await CheckAsync(promtool, exposition);

        Assert.True(exitCode == 0 && output.Length == 0, output);
        Assert.Contains("herz_requests_refused_total{", exposition, StringComparison.Ordinal);
        Assert.Contains("herz_deadline_exceeded_total{", exposition, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promtool_CheckMetricsWithAFault_FindsIt()
    {
        var promtool = ServerProgram.Find("promtool", "prometheus");

        var (exitCode, _) = await CheckAsync(promtool, "# TYPE herz_requests counter\nherz_requests 1\n");

        Assert.NotEqual(0, exitCode);
    }

    private static async Task<(int ExitCode, string Output)> CheckAsync(string promtool, string exposition)
    {
        var start = new ProcessStartInfo(promtool, ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(exposition);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    private static CollectorRegistry AppRegistry()
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        Prometheus.Metrics.WithCustomRegistry(registry).CreateCounter("orders_placed_total", "Orders.").Inc();
        return registry;
    }

    private static void Fill(Meter meter)
    {
        meter.CreateCounter<int>("herz.requests", "{request}", "Requests seen.")
            .Add(3, new KeyValuePair<string, object?>("http.route", "/a \"b\"\\\n"));
        meter.CreateUpDownCounter<int>("herz.requests.active", "{request}", "Requests in flight.").Add(2);
        meter.CreateObservableGauge("herz.load", () => 0.25, "1", "Load.");
        var duration = meter.CreateHistogram(
            "herz.request.duration", "s", "Time of a request.", [], new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.8, 1] });
        duration.Record(0.25);
        duration.Record(4);
    }

    private static WebApplication App(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        return app;
    }
}
