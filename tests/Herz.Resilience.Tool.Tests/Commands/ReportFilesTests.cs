using Herz.Resilience.Tool.Commands;
using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Running;
using Herz.Resilience.Tool.Scheduling;
using Herz.Resilience.Tool.Tests.Plotting;
using Spectre.Console;

namespace Herz.Resilience.Tool.Tests.Commands;

public sealed class ReportFilesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Load_ScenarioJsonAndHtml_WriteFilesThatCompareReads()
    {
        await using var server = await TestServer.StartAsync(app =>
        {
            app.MapGet("/a", () => "a");
            app.MapPost("/b", () => "b");
        });
        var folder = Directory.CreateTempSubdirectory();
        var (scenario, json, html, both) = (Path.Combine(folder.FullName, "s.yaml"), Path.Combine(folder.FullName, "a.json"), Path.Combine(folder.FullName, "a.html"), Path.Combine(folder.FullName, "both.html"));
        await File.WriteAllTextAsync(scenario, "rate: 100\nfor: 1s\nwarmup: 0s\nrequests:\n  - {url: /a, weight: 3}\n  - {url: /b, method: POST, weight: 1, name: place <b>}\n", Ct);

        var (code, output, error) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--scenario", scenario, "--json", json, "--html", html, "--expect", "errors<=0%"]);
        var (compared, comparison, _) = await HerzRunner.RunAsync(["compare", json, json, "--html", both]);

        Assert.True(code == 0, output + error);
        Assert.Contains("GET /a: 75 requests, ok 75", output, StringComparison.Ordinal);
        Assert.Contains("place <b>: 25 requests, ok 25", output, StringComparison.Ordinal);
        PageAssert.IsSelfContained(await File.ReadAllTextAsync(html, Ct), plots: 3);
        PageAssert.IsSelfContained(await File.ReadAllTextAsync(both, Ct), plots: 3);
        Assert.Equal(0, compared);
        Assert.Contains("the runs show no difference", comparison, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("{\"herz\":2,\"target\":\"t\",\"shape\":\"s\",\"latency\":{},\"okLatency\":{},\"scheduleError\":{}}", "is a report of another herz version")]
    [InlineData("{}", "is not a report")]
    [InlineData("not json", "is not a report")]
    [InlineData(null, "cannot read")]
    public async Task Compare_InvalidFile_PrintsOneSentenceAndReturnsTwo(string? text, string expected)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        if (text is not null)
        {
            await File.WriteAllTextAsync(path, text, Ct);
        }

        var (code, _, error) = await HerzRunner.RunAsync(["compare", path, path]);
        File.Delete(path);

        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void LiveScreen_State_ShowsProgressRatesAndBars()
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 120;
        var settings = new LoadSettings { Templates = [], Shape = new LoadShape("constant", [new RatePiece(40, 10, 10)]) };
        var second = new Slice { From = 9, Seconds = 1, Offered = 200, Ok = 150, Refused = 40, Failed = 10, Pending = 7, Latencies = [new(1000, 99), new(50_000, 1)] };

        console.Write(new LiveScreen(settings).Render(new LiveState(1000, 10_000_000_000, second)));

        var screen = output.ToString();
        foreach (var expected in new[] { "10 of 40 s", "200/s, ok 150, refused 40, failed 10, pending 7", "p50 1,", "█ up to 150/s" })
        {
            Assert.Contains(expected, screen, StringComparison.Ordinal);
        }
    }
}
