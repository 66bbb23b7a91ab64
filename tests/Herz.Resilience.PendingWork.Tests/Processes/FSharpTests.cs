namespace Herz.Resilience.PendingWork.Tests.Processes;

/// <summary>Tasks and asyncs of an F# program, ten of each leak.</summary>
public class FSharpTests
{
    private const string Program = "Herz.Resilience.PendingWork.FSharpHost";
    private const int Count = 10;

    private static readonly string[] s_tasks =
    [
        "GET /enter: enter awaits SemaphoreSlim.WaitAsync",
        "GET /load: Load<string> awaits TaskCompletionSource<int>",
        "GET /order: order awaits pay",
        "GET /order: pay awaits TaskCompletionSource",
        "GET /sleep: sleep awaits Task.Delay",
    ];

    private static readonly string[] s_asyncs =
    [
        "GET /async-immediate: asyncOrder awaits asyncPay",
        "GET /async-immediate: asyncPay awaits TaskCompletionSource",
        "GET /async-in-task: asyncInTask awaits TaskCompletionSource<int>",
        "GET /async-in-task: asyncOrder awaits asyncPay",
        "GET /async-in-task: asyncPay awaits TaskCompletionSource",
        "GET /async-order: asyncOrder awaits asyncPay",
        "GET /async-order: asyncPay awaits TaskCompletionSource",
        "GET /async-sleep: asyncSleep awaits Async.Sleep",
    ];

    [Theory]
    [InlineData("OwnWalk")]
    [InlineData("ForkSnapshot")]
    public async Task Capture_TasksAndAsyncs_ListsEachWaitingFunctionWithItsOrigin(string method)
    {
        var profile = await HostProcess.RunHostAsync(Program, $"{Count} {method}");

        var found = HostProcess.Counts(profile, "origins", static g => $"{(g.TryGetProperty("origin", out var origin) ? origin.GetString() : "")}: {Operation(g)}");
        Assert.Equal(method, HostProcess.Text(profile, "method"));
        Assert.Equal(s_tasks.Concat(s_asyncs).Order(), found.Keys.Where(static key => !key.Contains("CancellationToken", StringComparison.Ordinal)).Order());
        Assert.All(found.Values, static count => Assert.Equal(Count, count));
        Assert.All(profile.GetProperty("methods").EnumerateArray(), static g => Assert.Equal("Awaiting", HostProcess.Text(g, "state")));
    }

    [Fact]
    public async Task Capture_ByTheEventPipe_ListsEachWaitingTask()
    {
        var profile = await HostProcess.RunHostAsync(Program, $"{Count} EventPipe");

        var found = HostProcess.Counts(profile, "methods", Operation);
        Assert.All(s_tasks, task => Assert.Equal(Count, found.GetValueOrDefault(task.Split(": ")[1])));
    }

    private static string Operation(System.Text.Json.JsonElement group) =>
        $"{HostProcess.Text(group, "method")} awaits {HostProcess.Text(group, "awaits")}".Replace("Herz.Resilience.PendingWork.FSharpHost.Leaks.", "", StringComparison.Ordinal);
}
