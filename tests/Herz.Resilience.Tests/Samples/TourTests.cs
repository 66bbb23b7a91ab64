using System.Diagnostics;
using Herz.Resilience.Tests.Reference;

namespace Herz.Resilience.Tests.Samples;

/// <summary>
/// Runs the tour of the README against the sample and compares the output. It runs alone and after a warm-up, since the sample's
/// deadlines are in real time and a busy machine may miss one.
/// </summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TourTests
{
    private const string Name = "tour";
    private const string Address = "http://localhost:5080";

    [Fact]
    public async Task Tour_OfTheReadme_PrintsTheQuotedOutput()
    {
        await using var sample = await AppProcess.StartAsync(
            RepositoryFiles.PathOf("samples/Herz.Resilience.Sample"), $"bin/{RepositoryFiles.Configuration}/net10.0/Herz.Resilience.Sample.dll");
        await WarmUpAsync(sample.Address);
        var steps = Read(await File.ReadAllLinesAsync(RepositoryFiles.PathOf("README.md"))).ToList();
        Assert.True(steps.Count >= 15, "The README must have at least 15 tour steps.");

        foreach (var (command, expected) in steps)
        {
            var printed = await RunAsync(command.Replace(Address, sample.Address, StringComparison.Ordinal));
            Assert.Equal($"$ {command}\n{expected}", $"$ {command}\n{printed}");
        }
    }

    private static async Task WarmUpAsync(string address)
    {
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await client.GetAsync("/orders", timeout.Token)).IsSuccessStatusCode)
        {
            timeout.Token.ThrowIfCancellationRequested();
        }
    }

    private static IEnumerable<(string Command, string Output)> Read(string[] lines)
    {
        var inside = false;
        string? command = null;
        var output = new List<string>();
        foreach (var line in lines)
        {
            if (line == "```console")
            {
                inside = true;
            }
            else if (inside && (line == "```" || line.StartsWith("$ ", StringComparison.Ordinal)))
            {
                if (command is not null)
                {
                    yield return (command, string.Join('\n', output));
                }

                inside = line != "```";
                command = inside ? line[2..] : null;
                output.Clear();
            }
            else if (inside)
            {
                output.Add(line);
            }
        }
    }

    private static async Task<string> RunAsync(string command)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true })!;
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        return output.TrimEnd('\n');
    }
}
