using System.Diagnostics;
using System.Text.Json;

namespace Herz.Resilience.PendingWork.Tests.Processes;

/// <summary>Runs the program that leaks known counts and parses its JSON output.</summary>
internal static class HostProcess
{
    public static Task<JsonElement> RunAsync(string arguments, params (string Name, string Value)[] environment) =>
        RunHostAsync("Herz.Resilience.PendingWork.TestHost", arguments, environment);

    /// <summary>Runs the program in a control group.</summary>
    public static Task<JsonElement> RunAsync(MemoryGroup group, string arguments) =>
        RunHostAsync("Herz.Resilience.PendingWork.TestHost", arguments, [], group);

    public static Task<JsonElement> RunHostAsync(string program, string arguments, params (string Name, string Value)[] environment) =>
        RunHostAsync(program, arguments, environment, null);

    /// <summary>Runs the program on the runtime of .NET 11.</summary>
    public static Task<JsonElement> RunOn11Async(string program, string arguments, params (string Name, string Value)[] environment) =>
        RunHostAsync(program, arguments, [.. environment, DotNet11.RollForward], null, DotNet11.Command);

    /// <summary>Starts the program, for tests that talk to it.</summary>
    public static Process Start(string arguments)
    {
        var start = Command("Herz.Resilience.PendingWork.TestHost", arguments, null, DotNet11.Installed);
        start.RedirectStandardInput = true;
        return Process.Start(start)!;
    }

    private static ProcessStartInfo Command(string program, string arguments, MemoryGroup? group, string dotnet)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The heap is read through /proc.");
        var host = Path.Combine(AppContext.BaseDirectory, program + ".dll");
        string[] enter = group is null ? [] : ["/bin/sh", "-c", "echo $$ > \"$0\"; exec \"$@\"", group.Processes];
        string[] command = [.. enter, dotnet, host, .. arguments.Split(' ')];
        return new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
    }

    private static async Task<JsonElement> RunHostAsync(string program, string arguments, (string Name, string Value)[] environment, MemoryGroup? group, string? command = null)
    {
        var start = Command(program, arguments, group, command ?? DotNet11.Installed);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromMinutes(3));
        try
        {
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {await errors}");
            using var json = JsonDocument.Parse(output);
            return json.RootElement.Clone();
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>The counts of one table of the profile by key.</summary>
    public static Dictionary<string, int> Counts(JsonElement profile, string table, Func<JsonElement, string> key)
    {
        var counts = new Dictionary<string, int>();
        foreach (var group in profile.GetProperty(table).EnumerateArray())
        {
            var name = key(group).Replace("Herz.Resilience.PendingWork.TestHost.", "", StringComparison.Ordinal);
            counts[name] = counts.GetValueOrDefault(name) + group.GetProperty("count").GetInt32();
        }

        return counts;
    }

    public static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
