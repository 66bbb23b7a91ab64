using System.Text.Json;

namespace Herz.Resilience.PendingWork.Tests.Processes;

/// <summary>Twenty kinds of leaks in a program compiled with runtime-async, ten of each, on the runtimes of .NET 10 and .NET 11.</summary>
public class RuntimeAsyncTests
{
    private const string Program = "Herz.Resilience.PendingWork.RuntimeAsyncHost";
    private const int Count = 10;
    private static readonly (string Name, string Value) s_enabled = ("DOTNET_RuntimeAsync", "1");
    private static readonly (string Name, string Value) s_optimized = ("DOTNET_TieredCompilation", "0");

    /// <summary>The innermost method and its awaited call, by origin.</summary>
    private static readonly Dictionary<string, (string Method, string Awaits)> s_expected = new()
    {
        ["GET /source"] = ("Answer", "TaskCompletionSource<int>"),
        ["GET /delay"] = ("Sleep", "Task.Delay"),
        ["GET /semaphore"] = ("Enter", "SemaphoreSlim.WaitAsync"),
        ["GET /channel"] = ("Consume", "Channel<int>.ReadAsync"),
        ["GET /periodic"] = ("Tick", "PeriodicTimer.WaitForNextTickAsync"),
        ["GET /all"] = ("Gather", "Task.WhenAll"),
        ["GET /linked"] = ("UntilStopped", "Task.Delay"),
        ["GET /enumerable"] = ("Rows", "TaskCompletionSource"),
        ["GET /nested"] = ("Query", "TaskCompletionSource"),
        ["GET /source-of-value"] = ("Receive", "Matrix.Slot"),
        ["GET /generic-method"] = ("Convert", "TaskCompletionSource"),
        ["GET /generic-class"] = ("Repository<T>.LoadAsync", "TaskCompletionSource"),
        ["GET /struct"] = ("Reader.ReadAsync", "TaskCompletionSource"),
        ["GET /lambda"] = ("Lambda.lambda", "TaskCompletionSource"),
        ["GET /local"] = ("Local.Save", "TaskCompletionSource"),
        ["GET /finally"] = ("Guarded", "TaskCompletionSource"),
        ["GET /configured"] = ("Configured", "TaskCompletionSource"),
        ["GET /yield"] = ("YieldThenWait", "TaskCompletionSource"),
        ["GET /stream"] = ("ReadBody", "Socket"),
        ["GET /interface"] = ("Handler.Matrix.IHandler.Handle", "TaskCompletionSource"),
    };

    [Theory]
    [InlineData("OwnWalk")]
    [InlineData("ForkSnapshot")]
    public async Task Capture_TwentyKindsOfLeaks_ListsEachWithOriginMethodAndAwaitedCall(string method)
    {
        var profile = await HostProcess.RunHostAsync(Program, $"matrix {Count} {method}", s_enabled);

        Assert.Equal(method, HostProcess.Text(profile, "method"));
        Assert.Equal(s_expected, Innermost(profile));
    }

    [Theory]
    [InlineData("OwnWalk")]
    [InlineData("ForkSnapshot")]
    public async Task Capture_TwentyKindsOfLeaksOnDotNet11_ListsEachWithOriginMethodAndAwaitedCall(string method)
    {
        var profile = await HostProcess.RunOn11Async(Program, $"matrix {Count} {method}");

        Assert.Equal(method, HostProcess.Text(profile, "method"));
        Assert.Equal(s_expected, Innermost(profile));
    }

    [Fact]
    public async Task Capture_OptimizedCodeOnDotNet11_ListsEachWithOriginMethodAndAwaitedCall() =>
        Assert.Equal(s_expected, Innermost(await HostProcess.RunOn11Async(Program, $"matrix {Count} OwnWalk", s_optimized)));

    [Fact]
    public async Task Capture_OptimizedCode_ListsMethodsThatEndWithAnAwaitWithoutName()
    {
        var innermost = Innermost(await HostProcess.RunHostAsync(Program, $"matrix {Count} OwnWalk", s_enabled, s_optimized));

        // The optimized code of .NET 10 leaves the method when it awaits its last call.
        Assert.Equal(s_expected.Keys.Order(), innermost.Keys.Order());
        Assert.Equal(s_expected.ToDictionary(static e => e.Key, static e => e.Value.Awaits), innermost.ToDictionary(static e => e.Key, static e => e.Value.Awaits));
        Assert.Equal(
            ["GET /stream", "GET /yield"],
            innermost.Where(static e => e.Value.Method == "a runtime-async method").Select(static e => e.Key).Order());
        Assert.Equal(18, innermost.Count(static e => e.Value.Method == s_expected[e.Key].Method));
    }

    [Fact]
    public async Task Capture_MethodsThatAwaitOneAnother_ListsTheirStack()
    {
        var profile = await HostProcess.RunHostAsync(Program, "chains", s_enabled);

        Assert.Equal(["500 Chains.Inner <- Chains.Outer", "70 Chains.Inner"], Stacks(profile));
    }

    [Fact]
    public async Task Capture_ByTheEventPipe_CountsTheTasks()
    {
        Assert.Equal(Count * s_expected.Count, Tasks(await HostProcess.RunHostAsync(Program, $"matrix {Count} EventPipe", s_enabled)));
        Assert.Equal(Count * s_expected.Count, Tasks(await HostProcess.RunOn11Async(Program, $"matrix {Count} EventPipe")));
    }

    [Theory]
    [InlineData("OwnWalk")]
    [InlineData("ForkSnapshot")]
    [InlineData("EventPipe")]
    public async Task Capture_StateMachinesOnDotNet11_AreExact(string method)
    {
        var profile = await HostProcess.RunOn11Async("Herz.Resilience.PendingWork.TestHost", $"leaks-by {method}");

        Assert.Equal(method, HostProcess.Text(profile, "method"));
        var stacks = HostProcess.Counts(profile, "stacks", static g => $"{g.GetProperty("stack")[0].GetString()!.Split("TestHost.")[^1]} awaits {HostProcess.Text(g, "awaits")}");
        Assert.Equal(1000, stacks["Orders.Query awaits TaskCompletionSource<int>"]);
        Assert.Equal(700, stacks["Subscriber.Pump awaits Channel<int>.ReadAsync"]);
        Assert.Equal(300, stacks["Lifetime.WaitLinked awaits Task.Delay"]);
    }

    private static int Tasks(JsonElement profile)
    {
        Assert.Equal("EventPipe", HostProcess.Text(profile, "method"));
        return HostProcess.Counts(profile, "methods", static g => HostProcess.Text(g, "method")).GetValueOrDefault("a runtime-async method");
    }

    // Each origin leaks as often as requested, in one stack.
    private static Dictionary<string, (string Method, string Awaits)> Innermost(JsonElement profile)
    {
        var methods = new Dictionary<string, (string Method, string Awaits)>();
        foreach (var group in profile.GetProperty("origins").EnumerateArray().Where(static g => g.TryGetProperty("origin", out _)))
        {
            var (method, awaits) = (Short(HostProcess.Text(group, "method")), Short(HostProcess.Text(group, "awaits")));
            Assert.True(group.GetProperty("count").GetInt32() == Count, group.ToString());
            if (!awaits.StartsWith("Matrix.", StringComparison.Ordinal) || awaits == "Matrix.Slot")
            {
                methods.Add(HostProcess.Text(group, "origin"), (WithoutClass(method), awaits));
            }
        }

        return methods;
    }

    private static string WithoutClass(string method) => method.StartsWith("Matrix.", StringComparison.Ordinal) ? method["Matrix.".Length..] : method;

    private static string[] Stacks(JsonElement profile) => [.. profile.GetProperty("stacks").EnumerateArray().Select(static g =>
        $"{g.GetProperty("count").GetInt32()} {string.Join(" <- ", g.GetProperty("stack").EnumerateArray().Select(static m => Short(m.GetString()!)))}")];

    private static string Short(string name) => name.Replace("Herz.Resilience.PendingWork.RuntimeAsyncHost.", "", StringComparison.Ordinal);
}
