using System.Text.Json;

namespace Herz.Resilience.PendingWork.Tests.Processes;

/// <summary>Captures in homes that forbid what a debugger needs.</summary>
public class HomeTests
{
    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    public async Task Capture_NobodyWithoutPtraceAndProcessReads_IsExactBothWays(string diagnostics)
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can become nobody.");

        var told = await HostProcess.RunAsync("confined home", ("DOTNET_EnableDiagnostics", diagnostics));

        Assert.Equal((65534, false), (told.GetProperty("user").GetInt32(), told.GetProperty("mayReadOthers").GetBoolean()));
        AssertExact(told);
    }

    [Theory]
    [InlineData("DOTNET_GCHeapHardLimit", "6000000")]
    [InlineData("DOTNET_gcConcurrent", "0")]
    [InlineData("DOTNET_TieredCompilation", "0")]
    [InlineData("DOTNET_ReadyToRun", "0")]
    public async Task Capture_RuntimeSetOtherwise_IsExactBothWays(string setting, string value) =>
        AssertExact(await HostProcess.RunAsync("home", (setting, value)));

    [Fact]
    public async Task Capture_CollectorWithSegments_TakesTheEventPipeAndSaysWhy()
    {
        var told = await HostProcess.RunAsync("home", ("DOTNET_GCName", "libclrgc.so"));

        Assert.Equal(("EventPipe", "None"), (HostProcess.Text(told, "walk"), HostProcess.Text(told, "snapshot")));
        Assert.True(told.GetProperty("walkExact").GetBoolean(), told.ToString());
        Assert.Contains("segments instead of regions", HostProcess.Text(told, "why"));
    }

    [Fact]
    public async Task Capture_NoMoreMemory_GivesUpAndWorksAgainLater()
    {
        var told = await HostProcess.RunAsync("starve 20");

        Assert.Equal("None", HostProcess.Text(told, "starved"));
        Assert.Contains("gave up: out of memory", HostProcess.Text(told, "why"));
        Assert.Equal(("OwnWalk", 300_000), (HostProcess.Text(told, "again"), told.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task Capture_UnderTheLimitOfAContainer_IsExactBothWays()
    {
        const long Limit = 200 << 20;
        using var group = MemoryGroup.TryCreate(Limit);
        Assert.SkipWhen(group is null, "No control group can be made here.");

        var told = await HostProcess.RunAsync(group, "home");

        Assert.InRange(told.GetProperty("memory").GetInt64(), 1, Limit);
        AssertExact(told);
    }

    private static void AssertExact(JsonElement told)
    {
        Assert.Equal(("OwnWalk", "ForkSnapshot", ""), (HostProcess.Text(told, "walk"), HostProcess.Text(told, "snapshot"), HostProcess.Text(told, "why")));
        Assert.True(told.GetProperty("walkExact").GetBoolean() && told.GetProperty("snapshotExact").GetBoolean(), told.ToString());
    }
}
