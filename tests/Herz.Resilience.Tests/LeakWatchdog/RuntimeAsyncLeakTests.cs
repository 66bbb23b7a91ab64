using System.Diagnostics;
using System.Text.Json;
using Herz.Resilience.PendingWork.Tests.Processes;

namespace Herz.Resilience.Tests.LeakWatchdog;

/// <summary>Twenty endpoints that leak, in a watched app of its own process that is compiled with runtime-async.</summary>
public sealed class RuntimeAsyncLeakTests
{
    private const int Kinds = 20;
    private const int Windows = 4;
    private const int LeastNamed = 18;

    [Fact]
    public async Task LeaksUnderRuntimeAsync_AreReportedWithinFourWindows()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The heap is read through /proc.");
        Verify(await RunAsync(DotNet11.Installed, ("DOTNET_RuntimeAsync", "1")));
    }

    [Fact]
    public async Task LeaksUnderRuntimeAsync_OptimizedCode_AreReportedWithinFourWindows()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The heap is read through /proc.");
        Verify(await RunAsync(DotNet11.Installed, ("DOTNET_RuntimeAsync", "1"), ("DOTNET_TieredCompilation", "0")));
    }

    [Fact]
    public async Task LeaksOnDotNet11_AreReportedWithinFourWindows() => Verify(await RunAsync(DotNet11.Command, DotNet11.RollForward));

    private static void Verify(JsonElement result)
    {
        var leaks = result.GetProperty("leaks").EnumerateArray().ToArray();
        var windows = result.GetProperty("windows").EnumerateObject().ToArray();
        Assert.Equal(Kinds, windows.Length);
        Assert.All(windows, static origin => Assert.InRange(origin.Value.GetInt32(), 1, Windows));
        Assert.Equal(Kinds, leaks.Length);
        Assert.All(leaks, static leak => Assert.StartsWith("GET /", leak.GetProperty("Origin").GetString(), StringComparison.Ordinal));
        Assert.InRange(leaks.Count(static leak => leak.GetProperty("Method").GetString()!.Contains(".Matrix.", StringComparison.Ordinal)), LeastNamed, Kinds);
    }

    private static async Task<JsonElement> RunAsync(string dotnet, params (string Name, string Value)[] environment)
    {
        var app = Path.Combine(AppContext.BaseDirectory, "Herz.Resilience.RuntimeAsyncApp.dll");
        var start = new ProcessStartInfo(dotnet, [app, $"{Windows}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Array.ForEach(environment, setting => start.Environment[setting.Name] = setting.Value);
        using var process = Process.Start(start)!;
        using var stop = TestContext.Current.CancellationToken.UnsafeRegister(static process => ((Process)process!).Kill(), process);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {await errors}");
        using var json = JsonDocument.Parse(output);
        return json.RootElement.Clone();
    }
}
