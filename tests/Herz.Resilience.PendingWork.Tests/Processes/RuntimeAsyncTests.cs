namespace Herz.Resilience.PendingWork.Tests.Processes;

public class RuntimeAsyncTests
{
    [Fact]
    public async Task Capture_RuntimeAsyncMethods_CountsTheirChains()
    {
        var profile = await HostProcess.RunHostAsync("Herz.Resilience.PendingWork.RuntimeAsyncHost", "", ("DOTNET_RuntimeAsync", "1"));

        // The innermost method of each chain is a framework method that awaits the task.
        var chains = profile.GetProperty("stacks").EnumerateArray()
            .Select(static g => (Count: g.GetProperty("count").GetInt32(), Methods: g.GetProperty("stack").EnumerateArray().Select(static m => m.GetString()!).ToArray()))
            .Where(static g => g.Methods.All(static m => m.StartsWith("a runtime-async method (resumes at 0x", StringComparison.Ordinal)))
            .Select(static g => (g.Count, g.Methods.Length))
            .OrderByDescending(static g => g.Count);
        Assert.Equal([(500, 3), (70, 2)], chains);
    }
}
