using System.Globalization;
using Herz.Resilience.Tool.Judgement;
using Herz.Resilience.Tool.Reporting;

namespace Herz.Resilience.Tool.Tests.Commands;

public sealed class SoakCommandTests
{
    private static readonly string[] s_quick = ["--rate", "100", "--for", "1200ms", "--warmup", "0s", "--sample", "20ms"];

    private static async Task<TestServer> LeakyAsync(Func<long, string> metrics)
    {
        var requests = 0L;
        return await TestServer.StartAsync(app =>
        {
            app.MapGet("/metrics", () => metrics(Interlocked.Read(ref requests)));
            app.MapGet("/", () => Interlocked.Increment(ref requests));
        });
    }

    private static string Gauge(string name, double value) => string.Create(CultureInfo.InvariantCulture, $"# TYPE {name} gauge\n{name} {value}\n");

    [Fact]
    public async Task Soak_OnePendingPieceOfWorkPerRequest_IsGrowingAtTheRateOfRequests()
    {
        await using var server = await LeakyAsync(requests => Gauge("herz_pending", 5 + requests));
        var file = Path.GetTempFileName();

        var (code, output, error) = await HerzRunner.RunAsync(["soak", $"{server.Url}", .. s_quick, "--json", file]);
        var series = Assert.Single(ReportJson.Read(file).Soak!.Series);
        File.Delete(file);

        Assert.Equal("", error);
        Assert.Equal(1, code);
        Assert.Matches(@"herz_pending: growing 3[567]\d,\d+ per hour", output);
        Assert.Equal(Verdict.Growing, series.Judgement.Verdict);
        Assert.InRange(series.Judgement.SlopePerHour, 340_000, 380_000);
        Assert.Equal("requests sent", series.GrowthOver);
        Assert.InRange(series.Growth!.B, 0.9, 1.1);
        Assert.InRange(series.Growth.R2, 0.98, 1);
    }

    [Fact]
    public async Task Soak_GaugeThatStaysUp_Converges()
    {
        await using var server = await LeakyAsync(requests => Gauge("herz_pending", Math.Min(requests, 10)) + Gauge("other", requests) + "# TYPE herz_x_total counter\nherz_x_total " + requests + "\n");

        var (code, output, _) = await HerzRunner.RunAsync(["soak", $"{server.Url}", .. s_quick]);

        Assert.True(code == 0, output);
        Assert.Contains("herz_pending: converged", output, StringComparison.Ordinal);
        Assert.DoesNotContain("herz_x_total", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soak_NamedCounter_IsJudgedByItsRate()
    {
        await using var server = await LeakyAsync(requests => "# TYPE jobs_total counter\njobs_total " + requests + "\n");

        var (code, output, _) = await HerzRunner.RunAsync(["soak", $"{server.Url}", .. s_quick, "--series", "jobs_total"]);

        Assert.True(code is 0 or 4, output);
        Assert.Contains("jobs_total (rate per second): ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soak_TooShort_IsUndecidedAndSaysHowMuchMore()
    {
        await using var server = await LeakyAsync(requests => Gauge("herz_pending", requests));

        var (code, output, _) = await HerzRunner.RunAsync(["soak", $"{server.Url}", "--for", "200ms", "--warmup", "0s", "--sample", "50ms"]);

        Assert.Equal(4, code);
        Assert.Matches(@"herz_pending: undecided: needs \d+ more minutes", output);
    }

    [Fact]
    public async Task Soak_SeriesThatIsMissing_NamesItAndWhatThereIs()
    {
        await using var server = await LeakyAsync(requests => Gauge("threads", 4));

        var (code, output, error) = await HerzRunner.RunAsync(["soak", $"{server.Url}", .. s_quick, "--series", "herz_pnding", "--series", "threads"]);

        Assert.Equal(2, code);
        Assert.StartsWith($"herz: {server.Url}metrics does not show herz_pnding yet\n", error, StringComparison.Ordinal);
        Assert.Contains("never showed herz_pnding; choose with --series among threads", error, StringComparison.Ordinal);
        Assert.Contains("threads: converged", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soak_LabelThatIsMissing_IsNotCoveredByASeriesOfTheSameName()
    {
        await using var server = await LeakyAsync(_ => "# TYPE jobs gauge\njobs{queue=\"mail\"} 4\n");

        var (code, _, error) = await HerzRunner.RunAsync(["soak", $"{server.Url}", .. s_quick, "--series", "jobs{queue=\"mial\"}", "--series", "jobs{queue=\"mail\"}"]);

        Assert.Equal(2, code);
        Assert.Contains("never showed jobs{queue=\"mial\"}; choose", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soak_MetricsThatAreHtml_IsOneSentenceBeforeAnyLoad()
    {
        var asked = 0;
        await using var server = await TestServer.StartAsync(app =>
        {
            app.MapGet("/metrics", () => Results.Content("<html>hello</html>", "text/html"));
            app.MapGet("/", () => Interlocked.Increment(ref asked));
        });

        var (code, _, error) = await HerzRunner.RunAsync(["soak", $"{server.Url}", .. s_quick]);

        Assert.Equal(2, code);
        Assert.Contains("is no metrics endpoint: it answered with HTML", error, StringComparison.Ordinal);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Soak_ToleranceThatIsNoNumber_ReturnsTwo()
    {
        var (code, _, error) = await HerzRunner.RunAsync(["soak", "http://127.0.0.1:1/", "--tolerance", "few"]);

        Assert.Equal(2, code);
        Assert.Contains("--tolerance is 'few'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soak_RampWithoutASteadyRate_IsRefused()
    {
        var (code, _, error) = await HerzRunner.RunAsync(["soak", "http://127.0.0.1:1/", "--shape", "ramp 1-5"]);

        Assert.Equal(2, code);
        Assert.Contains("never comes to a steady rate", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soak_MetricsNobodyServes_ReturnsThree()
    {
        var (code, _, error) = await HerzRunner.RunAsync(["soak", "http://127.0.0.1:1/"]);

        Assert.Equal(3, code);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Soak_BrokenOff_JudgesWhatItHasAndReturns130()
    {
        using var stop = new CancellationTokenSource();
        var file = Path.GetTempFileName();
        await using var server = await LeakyAsync(requests =>
        {
            if (requests >= 50)
            {
                stop.Cancel();
            }

            return Gauge("herz_pending", requests);
        });

        var (code, output, _) = await HerzRunner.RunAsync(["soak", $"{server.Url}", "--rate", "100", "--for", "10m", "--warmup", "0s", "--sample", "20ms", "--json", file], stop.Token);
        var report = ReportJson.Read(file);
        File.Delete(file);

        Assert.Equal(130, code);
        Assert.Contains("broken off after", output, StringComparison.Ordinal);
        Assert.Contains("herz_pending: ", output, StringComparison.Ordinal);
        Assert.True(report.BrokenOff);
        Assert.NotEmpty(report.Soak!.Series);
    }

    [Fact]
    public async Task Soak_MetricsOverTlsThatNobodyTrusts_IsOneSentenceAndReturnsThree()
    {
        using var certificate = TestServer.SelfSigned();
        await using var server = await TestServer.StartTlsAsync(app => app.MapGet("/metrics", () => Gauge("herz_x", 1)), certificate);
        await using var target = await TestServer.AlwaysAsync(_ => Task.CompletedTask);

        var (code, _, error) = await HerzRunner.RunAsync(["soak", $"{target.Url}", "--metrics", $"{server.Url}metrics", .. s_quick]);

        Assert.Equal(3, code);
        Assert.Contains("no TLS with", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Soak_FileThatCannotBeWritten_IsToldBeforeAnyLoad()
    {
        var asked = 0;
        await using var server = await TestServer.AlwaysAsync(_ =>
        {
            asked++;
            return Task.CompletedTask;
        });

        var (code, _, error) = await HerzRunner.RunAsync(["soak", $"{server.Url}", .. s_quick, "--json", "/does/not/exist.json"]);

        Assert.Equal(2, code);
        Assert.Contains("--json cannot write /does/not/exist.json", error, StringComparison.Ordinal);
        Assert.Equal(0, asked);
    }
}
