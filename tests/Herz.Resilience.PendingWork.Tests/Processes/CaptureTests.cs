using System.Text.Json;

namespace Herz.Resilience.PendingWork.Tests.Processes;

public class CaptureTests
{
    [Theory]
    [InlineData("leaks", "OwnWalk", "1", "1")]
    [InlineData("leaks", "OwnWalk", "0", "0")]
    [InlineData("leaks", "OwnWalk", "0", "1")]
    [InlineData("leaks-by ForkSnapshot", "ForkSnapshot", "0", "1")]
    public async Task Capture_LeaksAmongLookAlikes_CountsExactly(string mode, string method, string serverCollector, string diagnostics)
    {
        var profile = await HostProcess.RunAsync(mode, ("DOTNET_gcServer", serverCollector), ("DOTNET_EnableDiagnostics", diagnostics));

        var stacks = HostProcess.Counts(profile, "stacks", static g =>
            $"{string.Join(" <- ", g.GetProperty("stack").EnumerateArray().Select(static m => m.GetString()))} awaits {HostProcess.Text(g, "awaits")}");
        Assert.Equal(method, HostProcess.Text(profile, "method"));
        Assert.Equal(1000, stacks["Orders.Query <- Herz.Resilience.PendingWork.TestHost.Orders.Load <- Herz.Resilience.PendingWork.TestHost.Orders.Handle awaits TaskCompletionSource<int>".Replace("Herz.Resilience.PendingWork.TestHost.", "", StringComparison.Ordinal)]);
        Assert.Equal(700, stacks["Subscriber.Pump awaits Channel<int>.ReadAsync"]);
        Assert.Equal(300, stacks["Lifetime.WaitLinked awaits Task.Delay"]);
        Assert.Equal(20, stacks["LookAlikes.HealthyLoop awaits PeriodicTimer.WaitForNextTickAsync"]);
        Assert.DoesNotContain(stacks.Keys, static s => s.Contains("Abandoned", StringComparison.Ordinal) || s.Contains("CachedLookup", StringComparison.Ordinal));
        Assert.Equal(2020, stacks.Where(static s => !s.Key.StartsWith("Timer", StringComparison.Ordinal) && !s.Key.StartsWith("CancellationToken.", StringComparison.Ordinal)).Sum(static s => s.Value));
    }

    [Fact]
    public async Task Capture_EveryKindOfAsyncCode_IsCountedAndNamed()
    {
        var profile = await HostProcess.RunAsync("kinds 40");

        var methods = HostProcess.Counts(profile, "methods", static g =>
            $"{HostProcess.Text(g, "kind")} {HostProcess.Text(g, "state")} {HostProcess.Text(g, "method")} awaits {HostProcess.Text(g, "awaits")}");
        const string Source = " awaits TaskCompletionSource";
        string[] expected =
        [
            "AsyncMethod Awaiting Kinds.Pooled" + Source,
            "AsyncMethod Awaiting Kinds.Plain" + Source,
            "AsyncMethod Awaiting Kinds.Generic<string>" + Source,
            "AsyncMethod Awaiting Kinds.Generic<int>" + Source,
            "AsyncMethod Awaiting Kinds.Gate awaits SemaphoreSlim.WaitAsync",
            "AsyncMethod Awaiting Kinds.Everything awaits Task.WhenAll",
            "AsyncMethod Awaiting Kinds.Start.lambda" + Source,
            "AsyncMethod Awaiting Kinds.Start.Local" + Source,
            "AsyncVoid Awaiting Kinds.Void" + Source,
            "AsyncIterator Awaiting Kinds.Numbers" + Source,
            "AsyncIterator Yielded Kinds.Yielding awaits ",
            "Timer Awaiting Timer of Kinds.TimerOwner awaits its tick every 3600000 ms",
            "Registration Awaiting CancellationToken.Register of Kinds.RegistrationOwner awaits cancellation",
        ];
        Assert.All(expected, name => Assert.Equal((name, 40), (name, methods.GetValueOrDefault(name))));
        Assert.Equal(80, methods["AsyncMethod Awaiting Kinds.Child" + Source]);
    }

    // 4,020 methods, each with one task. All fit, or as many as the bound allows.
    [Theory]
    [InlineData(4500, null)]
    [InlineData(3000, "only the first 3000 operations are listed (MaxOperations)")]
    [InlineData(1, "only the first 1 operations are listed (MaxOperations)")]
    public async Task Capture_WithMaxOperations_ListsExactlyThatMany(int max, string? note)
    {
        var profile = await HostProcess.RunAsync($"cut-off {max}");

        var methods = HostProcess.Counts(profile, "methods", static g => HostProcess.Text(g, "kind")).GetValueOrDefault("AsyncMethod");
        var notes = profile.GetProperty("notes").EnumerateArray().Select(static n => n.GetString()).ToList();
        Assert.Equal(note is not null, notes.Contains(note));
        Assert.InRange(profile.GetProperty("total").GetInt32(), note is null ? 4020 : max, max);
        if (note is null)
        {
            Assert.Empty(notes);
            Assert.InRange(methods, 4020, 4100);
        }
    }

    [Fact]
    public async Task Capture_BlockedThreads_ListsTheCallAndTheStack()
    {
        var profile = await HostProcess.RunAsync("blocked 10");

        var threads = HostProcess.Counts(profile, "stacks", static g =>
            $"{string.Join(" <- ", g.GetProperty("stack").EnumerateArray().Select(static m => m.GetString()!.Split("TestHost.")[^1]))} awaits {HostProcess.Text(g, "awaits")}");
        const string Body = "Blocked.Body <- Blocked.Run.lambda <- a dedicated thread awaits ";
        const string Outer = " <- " + Body;
        string[] expected =
        [
            "Blocked.EnterMonitor" + Outer + "lock",
            "Blocked.WaitEvent" + Outer + "WaitHandle.WaitOne",
            "Blocked.TakeResult" + Outer + "Task.Result",
            "Blocked.TakeFromQueue" + Outer + "BlockingCollection<T>.Take",
            "Blocked.Accept" + Outer + "Socket.Accept",
            "Blocked.Sleep" + Outer + "Thread.Sleep",

            "Blocked.WaitSlim" + Outer + "ManualResetEventSlim.Wait",
            "Blocked.WaitSemaphore" + Outer + "SemaphoreSlim.Wait",
            "Blocked.WaitTask" + Outer + "Task.Wait",
            "Blocked.EnterLock" + Outer + "lock",
            "Blocked.Nested <- Blocked.Nested <- Blocked.Nested <- Blocked.Nested <- Blocked.Start.lambda" + Outer + "ManualResetEventSlim.Wait",
        ];
        Assert.All(expected, name => Assert.Equal((name, 10), (name, threads.GetValueOrDefault(name))));
    }

    [Theory]
    [InlineData("Young", 500)]
    [InlineData("Background", 0)]
    [InlineData("Full", 0)]
    public async Task Capture_AbandonedOldWork_IsCountedUntilAFullCollection(string collect, int expected)
    {
        var profile = await HostProcess.RunAsync($"old-garbage 500 {collect}");

        var methods = HostProcess.Counts(profile, "methods", static g => HostProcess.Text(g, "method"));
        Assert.Equal(expected, methods.GetValueOrDefault("OldGarbage.Abandoned"));
    }

    [Fact]
    public async Task Capture_ContextsOfEveryLayout_FindsEachOrigin()
    {
        var profile = await HostProcess.RunAsync("origins");

        var origins = HostProcess.Counts(profile, "origins", static g => g.TryGetProperty("origin", out var origin) ? origin.GetString()! : "none");
        Assert.All(Enumerable.Range(0, 24), i => Assert.Equal(10, origins.GetValueOrDefault($"GET /orders/{i}")));
    }

    [Fact]
    public async Task Reader_GarbageAddresses_NeitherCrashesNorThrows()
    {
        var result = await HostProcess.RunAsync("garbage 1000000");

        Assert.Equal(1_000_000, result.GetProperty("probed").GetInt32());
        Assert.True(result.GetProperty("passed").GetInt32() > 0, "no valid object was among the addresses");
    }

    [Fact]
    public async Task Capture_DuringCollections_IsExactEachTime()
    {
        var result = await HostProcess.RunAsync("storm 20");

        Assert.Equal((20, 20, 0), (Int(result, "captures"), Int(result, "exact"), Int(result, "refused")));
        Assert.True(Int(result, "collections") > 20, "too few collections");
    }

    [Fact]
    public async Task Capture_DuringAllocation_IsExactEachTime()
    {
        var result = await HostProcess.RunAsync("allocate 20 400");

        Assert.Equal((20, 20, 0), (Int(result, "captures"), Int(result, "exact"), Int(result, "refused")));
        Assert.True(Int(result, "megabytesPerSecond") > 0, "nothing was allocated");
    }

    private static int Int(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
