using System.Text.RegularExpressions;
using Herz.Resilience.Tests.Reference;

namespace Herz.Resilience.Tests.Samples;

/// <summary>Switches the leak of the sample on and off. The log lines that report its start and end match the README, except for numbers.</summary>
public sealed partial class SampleLeakTests
{
    [Fact]
    public async Task LeakOfTheSample_IsReportedAndCleared_AsInTheReadme()
    {
        await using var sample = await AppProcess.StartAsync(
            RepositoryFiles.PathOf("samples/Herz.Resilience.Sample"),
            $"bin/{RepositoryFiles.Configuration}/net10.0/Herz.Resilience.Sample.dll",
            new() { ["Herz__LeakWatchdog__Window"] = "00:00:04" });
        using var client = new HttpClient { BaseAddress = new Uri(sample.Address) };
        using var stop = new CancellationTokenSource();
        var load = SampleLoad.SendAsync(client, stop.Token);

        await client.PostAsync("/switches/leaking?on=true", null);
        var suspected = await sample.WaitForLineAsync(static line => line.Contains("A leak is suspected.", StringComparison.Ordinal));
        await client.PostAsync("/switches/leaking?on=false", null);
        var stopped = await sample.WaitForLineAsync(static line => line.Contains("A leak has stopped.", StringComparison.Ordinal));

        var readme = Masked(await File.ReadAllTextAsync(RepositoryFiles.PathOf("README.md")));
        Assert.Contains(Masked(suspected.Trim()), readme);
        Assert.Contains(Masked(stopped.Trim()), readme);
        Assert.Contains("GET /orders/{id:int}", suspected);
        Assert.Contains("Switches.LeakAsync", suspected);
        await stop.CancelAsync();
        await load;
    }

    private static string Masked(string text) => Number().Replace(text, "0");

    [GeneratedRegex(@"\d[\d,]*")]
    private static partial Regex Number();
}
