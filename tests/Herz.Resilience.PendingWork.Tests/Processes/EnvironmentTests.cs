using System.Text.Json;

namespace Herz.Resilience.PendingWork.Tests.Processes;

/// <summary>Captures in environments that forbid the privileges of a debugger.</summary>
public class EnvironmentTests
{
    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    public async Task Capture_NobodyWithoutPtraceAndProcessReads_IsExactWithBothMethods(string diagnostics)
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can become the user nobody.");

        var result = await HostProcess.RunAsync("confined home", ("DOTNET_EnableDiagnostics", diagnostics));

        Assert.Equal((65534, false), (result.GetProperty("user").GetInt32(), result.GetProperty("mayReadOthers").GetBoolean()));
        AssertExact(result);
    }

    [Theory]
    [InlineData("DOTNET_GCHeapHardLimit", "6000000")]
    [InlineData("DOTNET_gcConcurrent", "0")]
    [InlineData("DOTNET_TieredCompilation", "0")]
    [InlineData("DOTNET_ReadyToRun", "0")]
    public async Task Capture_OtherRuntimeSettings_IsExactWithBothMethods(string setting, string value) =>
        AssertExact(await HostProcess.RunAsync("home", (setting, value)));

    [Fact]
    public async Task Capture_CollectorWithSegments_UsesTheEventPipeAndReportsWhy()
    {
        var result = await HostProcess.RunAsync("home", ("DOTNET_GCName", "libclrgc.so"));

        Assert.Equal(("EventPipe", "None"), (HostProcess.Text(result, "walk"), HostProcess.Text(result, "snapshot")));
        Assert.True(result.GetProperty("walkExact").GetBoolean(), result.ToString());
        Assert.Contains("segments instead of regions", HostProcess.Text(result, "why"));
    }

    [Fact]
    public async Task Capture_OutOfMemory_GivesUpAndSucceedsLater()
    {
        var result = await HostProcess.RunAsync("starve 20");

        Assert.Equal("None", HostProcess.Text(result, "starved"));
        Assert.Contains("gave up: out of memory", HostProcess.Text(result, "why"));
        Assert.Equal(("OwnWalk", 300_000), (HostProcess.Text(result, "again"), result.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task Capture_InAMemoryLimitedContainer_IsExactWithBothMethods()
    {
        const long Limit = 200 << 20;
        using var group = MemoryGroup.TryCreate(Limit);
        Assert.SkipWhen(group is null, "No control group can be created here.");

        var result = await HostProcess.RunAsync(group, "home");

        Assert.InRange(result.GetProperty("memory").GetInt64(), 1, Limit);
        AssertExact(result);
    }

    [Fact]
    public async Task Capture_InANoGcRegion_LeavesItUntouched()
    {
        var result = await HostProcess.RunAsync("latency NoGCRegion", ("DOTNET_gcServer", "0"));

        Assert.Equal(("None", "NoGCRegion", 0), (HostProcess.Text(result, "method"), HostProcess.Text(result, "mode"), result.GetProperty("collections").GetInt32()));
        Assert.Contains("no-GC region", HostProcess.Text(result, "why"));
    }

    [Theory]
    [InlineData("SustainedLowLatency")]
    [InlineData("LowLatency")]
    public async Task Capture_InALatencyModeWithoutCollections_ForcesNone(string mode)
    {
        var result = await HostProcess.RunAsync($"latency {mode}", ("DOTNET_gcServer", "0"));

        Assert.Equal(("OwnWalk", mode, 0), (HostProcess.Text(result, "method"), HostProcess.Text(result, "mode"), result.GetProperty("collections").GetInt32()));
        Assert.True(result.GetProperty("isExact").GetBoolean(), result.ToString());
        Assert.Contains(mode, HostProcess.Text(result, "notes"));
    }

    private static void AssertExact(JsonElement result)
    {
        Assert.Equal(("OwnWalk", "ForkSnapshot", ""), (HostProcess.Text(result, "walk"), HostProcess.Text(result, "snapshot"), HostProcess.Text(result, "why")));
        Assert.True(result.GetProperty("walkExact").GetBoolean() && result.GetProperty("snapshotExact").GetBoolean(), result.ToString());
    }
}
