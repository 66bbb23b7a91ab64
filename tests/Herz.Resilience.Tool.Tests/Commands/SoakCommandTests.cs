using System.Globalization;
using Herz.Resilience.Tool.Judgement;
using Herz.Resilience.Tool.Reporting;

namespace Herz.Resilience.Tool.Tests.Commands;

public sealed class SoakCommandTests
{
    private static string Gauge(string name, double value) => string.Create(CultureInfo.InvariantCulture, $"# TYPE {name} gauge\n{name} {value}\n");

    [Fact]
    public async Task Soak_OnePendingOperationPerRequest_GrowsAtTheRequestRate()
    {
        await using var target = await SoakTarget.StartAsync(requests => Gauge("herz_pending", 5 + requests));
        var file = Path.GetTempFileName();

        var (code, output, error) = await target.SoakAsync("--json", file);
        var series = Assert.Single(ReportJson.Read(file).Soak!.Series);
        File.Delete(file);

        Assert.Equal("", error);
        Assert.Equal(1, code);
        Assert.Matches(@"herz_pending: growing 7\d\d per hour|growing 69\d per hour", output);
        Assert.Equal(Verdict.Growing, series.Judgement.Verdict);
        Assert.InRange(series.Judgement.SlopePerHour, 690, 750);
        Assert.Equal("requests sent", series.GrowthOver);
        Assert.InRange(series.Growth!.B, 0.9, 1.1);
        Assert.InRange(series.Growth.R2, 0.98, 1);
    }

    [Fact]
    public async Task Soak_GaugeThatStaysConstant_Converges()
    {
        await using var target = await SoakTarget.StartAsync(requests => Gauge("herz_pending", Math.Min(requests, 100)) + Gauge("other", requests) + "# TYPE herz_x_total counter\nherz_x_total " + requests + "\n");

        var (code, output, _) = await target.SoakAsync();

        Assert.True(code == 0, output);
        Assert.Contains("herz_pending: converged", output, StringComparison.Ordinal);
        Assert.DoesNotContain("herz_x_total", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soak_NamedCounter_IsJudgedByItsRate()
    {
        await using var target = await SoakTarget.StartAsync(requests => "# TYPE jobs_total counter\njobs_total " + requests + "\n");

        var (code, output, _) = await target.SoakAsync("--series", "jobs_total");

        Assert.True(code is 0 or 4, output);
        Assert.Contains("jobs_total (rate per second): ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soak_TooShort_IsUndecidedAndStatesTheMissingTime()
    {
        await using var target = await SoakTarget.StartAsync(requests => Gauge("herz_pending", requests));

        var (code, output, _) = await target.SoakAsync(SoakTarget.Load("1000s"));

        Assert.Equal(4, code);
        Assert.Matches(@"herz_pending: undecided: needs \d+ more minutes", output);
    }

    [Fact]
    public async Task Soak_MissingSeries_ListsTheAvailableSeries()
    {
        await using var target = await SoakTarget.StartAsync(requests => Gauge("threads", 4));

        var (code, output, error) = await target.SoakAsync("--series", "herz_pnding", "--series", "threads");

        Assert.Equal(2, code);
        Assert.StartsWith($"herz: {target.Url}metrics does not contain herz_pnding yet\n", error, StringComparison.Ordinal);
        Assert.Contains("never contained herz_pnding; the available series for --series are threads", error, StringComparison.Ordinal);
        Assert.Contains("threads: converged", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soak_MissingLabel_IsNotMatchedByAnotherLabelOfTheSeries()
    {
        await using var target = await SoakTarget.StartAsync(_ => "# TYPE jobs gauge\njobs{queue=\"mail\"} 4\n");

        var (code, _, error) = await target.SoakAsync("--series", "jobs{queue=\"mial\"}", "--series", "jobs{queue=\"mail\"}");

        Assert.Equal(2, code);
        Assert.Contains("never contained jobs{queue=\"mial\"}; the available series", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soak_HtmlInsteadOfMetrics_IsReportedBeforeAnyLoad()
    {
        var requests = 0;
        await using var server = await TestServer.StartAsync(app =>
        {
            app.MapGet("/metrics", () => Results.Content("<html>hello</html>", "text/html"));
            app.MapGet("/", () => Interlocked.Increment(ref requests));
        });

        var (code, _, error) = await HerzRunner.RunAsync(["soak", $"{server.Url}", .. SoakTarget.Load()]);

        Assert.Equal(2, code);
        Assert.Contains("is not a metrics endpoint: it returned HTML", error, StringComparison.Ordinal);
        Assert.Equal(0, requests);
    }

    [Fact]
    public async Task Soak_InvalidTolerance_ReturnsTwo()
    {
        var (code, _, error) = await HerzRunner.RunAsync(["soak", "http://127.0.0.1:1/", "--tolerance", "few"]);

        Assert.Equal(2, code);
        Assert.Contains("--tolerance is 'few'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soak_RampWithoutASteadyRate_IsRejected()
    {
        var (code, _, error) = await HerzRunner.RunAsync(["soak", "http://127.0.0.1:1/", "--shape", "ramp 1-5"]);

        Assert.Equal(2, code);
        Assert.Contains("never reaches a steady rate", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soak_UnreachableMetrics_ReturnsThree()
    {
        var (code, _, error) = await HerzRunner.RunAsync(["soak", "http://127.0.0.1:1/"]);

        Assert.Equal(3, code);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Soak_BrokenOff_JudgesSamplesSoFarAndReturns130()
    {
        using var stop = new CancellationTokenSource();
        var file = Path.GetTempFileName();
        await using var target = await SoakTarget.StartAsync(requests =>
        {
            if (requests >= 50)
            {
                stop.Cancel();
            }

            return Gauge("herz_pending", requests);
        });

        var (code, output, _) = await target.SoakAsync(["--json", file], stop.Token);
        var report = ReportJson.Read(file);
        File.Delete(file);

        Assert.Equal(130, code);
        Assert.Contains("broken off after", output, StringComparison.Ordinal);
        Assert.Contains("herz_pending: ", output, StringComparison.Ordinal);
        Assert.True(report.BrokenOff);
        Assert.NotEmpty(report.Soak!.Series);
    }

    [Fact]
    public async Task Soak_MetricsWithUntrustedCertificate_PrintsOneSentenceAndReturnsThree()
    {
        using var certificate = TestServer.SelfSigned();
        await using var server = await TestServer.StartTlsAsync(app => app.MapGet("/metrics", () => Gauge("herz_x", 1)), certificate);
        await using var target = await TestServer.AlwaysAsync(_ => Task.CompletedTask);

        var (code, _, error) = await HerzRunner.RunAsync(["soak", $"{target.Url}", "--metrics", $"{server.Url}metrics", .. SoakTarget.Load()]);

        Assert.Equal(3, code);
        Assert.Contains("the TLS handshake with", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Soak_UnwritableFile_IsReportedBeforeAnyLoad()
    {
        var requests = 0;
        await using var server = await TestServer.AlwaysAsync(_ =>
        {
            requests++;
            return Task.CompletedTask;
        });

        var (code, _, error) = await HerzRunner.RunAsync(["soak", $"{server.Url}", .. SoakTarget.Load(), "--json", "/does/not/exist.json"]);

        Assert.Equal(2, code);
        Assert.Contains("--json cannot write /does/not/exist.json", error, StringComparison.Ordinal);
        Assert.Equal(0, requests);
    }
}
