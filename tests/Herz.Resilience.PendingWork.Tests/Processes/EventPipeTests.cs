using System.Text.Json;

namespace Herz.Resilience.PendingWork.Tests.Processes;

/// <summary>Captures by heap snapshots of the runtime only.</summary>
public class EventPipeTests
{
    private const int Count = 20;

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    public async Task Capture_LeaksAmongLookAlikes_CountsExactly(string serverCollector)
    {
        var profile = await HostProcess.RunAsync("leaks-by EventPipe", ("DOTNET_gcServer", serverCollector));

        var stacks = HostProcess.Counts(profile, "stacks", static g =>
            $"{string.Join(" <- ", g.GetProperty("stack").EnumerateArray().Select(static m => m.GetString()!.Split("TestHost.")[^1]))} awaits {HostProcess.Text(g, "awaits")}");
        Assert.Equal("EventPipe", HostProcess.Text(profile, "method"));
        Assert.Equal(1000, stacks["Orders.Query <- Orders.Load <- Orders.Handle awaits TaskCompletionSource<int>"]);
        Assert.Equal(700, stacks["Subscriber.Pump awaits Channel<int>.ReadAsync"]);
        Assert.Equal(300, stacks["Lifetime.WaitLinked awaits Task.Delay"]);
        Assert.Equal(20, stacks["LookAlikes.HealthyLoop awaits PeriodicTimer.WaitForNextTickAsync"]);
        Assert.Equal(2020 + 300 + 20, stacks.Values.Sum());
        Assert.Contains("origins are not listed", profile.GetProperty("notes").ToString());
    }

    [Fact]
    public async Task Capture_EveryKindOfAsyncCode_EqualsTheOwnWalk()
    {
        var walk = Methods(await HostProcess.RunAsync("kinds 40 OwnWalk"));
        var pipe = Methods(await HostProcess.RunAsync("kinds 40 EventPipe"));

        // The period of a timer is a field value, which the event pipe does not report.
        Assert.Equal(walk.ToDictionary(static m => m.Key.Replace(" every 3600000 ms", "", StringComparison.Ordinal), static m => m.Value), pipe);
        Assert.Equal(40, pipe["AsyncIterator Yielded Kinds.Yielding awaits "]);
    }

    [Theory]
    [InlineData("source", "LeakKinds.Answer", "TaskCompletionSource<int>")]
    [InlineData("channel", "LeakKinds.Consume", "ChannelReader<LeakKinds.Invoice>.ReadAllAsync")]
    [InlineData("linked", "CancellationToken.Register of System.Threading.CancellationTokenSource.Linked1CancellationTokenSource", "cancellation")]
    [InlineData("void", "LeakKinds.Poll", "Task.Delay")]
    [InlineData("timer", "Timer of Herz.Resilience.PendingWork.TestHost.LeakKinds.Reminder", "its tick")]
    [InlineData("enumerator", "LeakKinds.Rows", "")]
    public async Task Since_LeakOfPendingWork_ListsMethodAndAwaitedCall(string kind, string method, string awaits)
    {
        var difference = await HostProcess.RunAsync($"leak {kind} {Count} EventPipe");

        var growth = difference.GetProperty("pending").EnumerateArray()
            .Where(c => HostProcess.Text(c, "Method").EndsWith(method, StringComparison.Ordinal) && HostProcess.Text(c, "Awaits").EndsWith(awaits, StringComparison.Ordinal))
            .Sum(static c => c.GetProperty("Growth").GetInt32());
        Assert.True(growth == Count, $"{growth} of {Count}: {difference}");
    }

    [Theory]
    [InlineData("body", "System.Net.Http.HttpResponseMessage")]
    [InlineData("cache", "Herz.Resilience.PendingWork.TestHost.LeakKinds.Invoice")]
    public async Task Since_LeakWithoutPendingWork_ListsTheType(string kind, string type)
    {
        var difference = await HostProcess.RunAsync($"leak {kind} {Count} EventPipe");

        Assert.Equal(Count, difference.GetProperty("types").EnumerateArray()
            .Where(t => HostProcess.Text(t, "Type") == type)
            .Sum(static t => t.GetProperty("CountGrowth").GetInt64()));
    }

    [Theory]
    [InlineData("DOTNET_EnableDiagnostics")]
    [InlineData("DOTNET_EnableDiagnostics_IPC")]
    public async Task Capture_PortDisabled_ReportsWhy(string setting)
    {
        var profile = await HostProcess.RunAsync("leaks-by EventPipe", (setting, "0"));

        Assert.Equal("None", HostProcess.Text(profile, "method"));
        Assert.Contains("there is no diagnostics port", Reason(profile));
    }

    [Fact]
    public async Task Capture_LongestPauseBelowTheEstimate_ReportsBothNumbers()
    {
        var profile = await HostProcess.RunAsync("leaks-by EventPipe 0");

        Assert.Equal("None", HostProcess.Text(profile, "method"));
        Assert.Matches("about [1-9][0-9]* ms, but LongestPause is 0 ms", Reason(profile));
    }

    [Fact]
    public async Task Capture_BufferTooSmall_ReportsItAndTheNextCaptureIsExact()
    {
        var result = await HostProcess.RunAsync("squeeze 20 4");

        Assert.Equal(("the snapshot is incomplete: it did not fit into 4 MB", "exact"), (HostProcess.Text(result, "squeezed"), HostProcess.Text(result, "again")));
    }

    [Fact]
    public async Task Capture_WhileAnotherTraceIsOpen_IsExactOrReportsWhyNot_AndLeavesNoFilesOpen()
    {
        var result = await HostProcess.RunAsync("neighbours");

        // Types that the runtime sent only to the other trace, between two captures, have no name.
        string[] all = [.. Texts(result, "quiet"), .. Texts(result, "listened"), .. Texts(result, "after"), HostProcess.Text(result, "newcomer")];
        Assert.All(all, static once => Assert.True(once == "exact" || once.Contains("types of the snapshot have no name", StringComparison.Ordinal), once));
        Assert.Equal(["exact", "exact", "exact"], [.. all[..2], Texts(result, "after")[1]]);
        Assert.NotEqual("exact", all[^1]);
        Assert.True(result.GetProperty("heard").GetInt32() > 0, "the listener received no events");

        // After ten captures. The runtime closes the descriptors of the last one a little later.
        Assert.InRange(result.GetProperty("files").GetInt32(), 0, 4);
    }

    [Fact]
    public async Task Capture_AfterAbandonedSnapshots_IsExact()
    {
        var result = await HostProcess.RunAsync("abandon 20 20");

        Assert.Equal((20, "exact"), (result.GetProperty("begun").GetInt32(), HostProcess.Text(result, "after")));
    }

    private static string[] Texts(JsonElement result, string name) => [.. result.GetProperty(name).EnumerateArray().Select(static text => text.GetString()!)];

    private static string Reason(JsonElement profile) => HostProcess.Text(profile.GetProperty("refusals")[0], "reason");

    private static Dictionary<string, int> Methods(JsonElement profile) => HostProcess.Counts(profile, "methods", static g =>
        $"{HostProcess.Text(g, "kind")} {HostProcess.Text(g, "state")} {HostProcess.Text(g, "method")} awaits {HostProcess.Text(g, "awaits")}");
}
