using System.Text.RegularExpressions;
using Herz.Resilience.PendingWork;

namespace Herz.Resilience.Tool.Tests.Commands;

public sealed class LeaksCommandTests
{
    private static readonly List<TaskCompletionSource> s_never = [];
    private static readonly AsyncLocal<Request?> s_request = new();

    private sealed class Request(string route)
    {
        public string Route { get; } = route;
    }

    private static async Task LeakInnerAsync(TaskCompletionSource never) => await never.Task;

    private static async Task LeakOuterAsync(TaskCompletionSource never)
    {
        s_request.Value = new Request("GET /orders/{id}");
        await LeakInnerAsync(never);
    }

    private static Task<TestServer> ServeAsync(Func<string> capture, string counters = """{"suspected":[],"samples":[]}""") => TestServer.StartAsync(app =>
    {
        app.MapGet("/debug/herz/pending", () => Results.Text(capture(), "application/json"));
        app.MapGet("/debug/herz/counters", () => Results.Text(counters, "application/json"));
    });

    private static string Capture(int minute, int loads, int sends) => $$"""
        {
          "capturedAt": "2026-01-01T00:0{{minute}}:00+00:00", "method": "OwnWalk", "durationMs": 1.5, "total": {{loads + sends}},
          "refusals": [], "notes": ["registrations were left out"], "methods": [],
          "origins": [
            { "count": {{loads}}, "kind": "AsyncMethod", "state": "Awaiting", "method": "Orders.LoadAsync", "awaits": "Channel<Order>.ReadAsync", "origin": "GET /orders/{id}" },
            { "count": {{sends}}, "kind": "AsyncMethod", "state": "Runnable", "method": "Mail.SendAsync", "awaits": "" }
          ],
          "stacks": [
            { "count": {{loads}}, "kind": "AsyncMethod", "state": "Awaiting", "method": "Orders.LoadAsync", "awaits": "Channel<Order>.ReadAsync", "stack": ["Orders.LoadAsync", "Api.HandleAsync"] },
            { "count": {{sends}}, "kind": "AsyncMethod", "state": "Runnable", "method": "Mail.SendAsync", "awaits": "", "stack": ["Mail.SendAsync", "Api.HandleAsync"] }
          ]
        }
        """;

    [Fact]
    public async Task Leaks_RealCapturesOfThisProcess_ShowGrowthByStackAndByOrigin()
    {
        var options = new PendingWorkOptions { Origins = [new OriginMarker(typeof(Request), nameof(Request.Route))] };
        await using var server = await ServeAsync(() => PendingWorkProfile.Capture(options).ToString(PendingWorkFormat.Json));
        Assert.SkipWhen(PendingWorkProfile.Capture().Method == CaptureMethod.None, "processes of this system cannot be read");
        var file = Path.GetTempFileName();
        var leaked = new List<Task>();

        var (first, _, error) = await HerzRunner.RunAsync(["leaks", $"{server.Url}", "--json", file]);
        for (var i = 0; i < 25; i++)
        {
            var never = new TaskCompletionSource();
            s_never.Add(never);
            leaked.Add(LeakOuterAsync(never));
        }

        // After one collection, objects next to pinned buffers may still be in the youngest generation, which captures skip.
        GC.Collect();
        GC.Collect();
        var (second, output, _) = await HerzRunner.RunAsync(["leaks", $"{server.Url}", "--diff", file]);
        File.Delete(file);
        GC.KeepAlive(leaked);

        Assert.True(first == 0, error);
        Assert.Equal(0, second);
        const string tree = @"\+25 Herz\.Resilience\.Tool\.Tests\.Commands\.LeaksCommandTests\.LeakOuterAsync.*\n +Herz\.Resilience\.Tool\.Tests\.Commands\.LeaksCommandTests\.LeakInnerAsync.*\n +awaiting(.|\n)*by origin\n  \+\d+ GET /orders/{id}";
        Assert.True(Regex.IsMatch(output, tree), output);
    }

    [Fact]
    public async Task Leaks_Piped_FoldsUnbranchedPathsAndPrintsNotes()
    {
        await using var server = await ServeAsync(() => Capture(0, loads: 40, sends: 2), """{"suspected":["timers"],"samples":[]}""");

        var (code, output, error) = await HerzRunner.RunAsync(["leaks", $"{server.Url}"]);

        Assert.True(code == 0, error);
        Assert.Equal(
            """
            leaks suspected by the watchdog
              timers
            42 pending operations at 2026-01-01 00:00:00Z
            by call stack, outermost caller first
              42 Api.HandleAsync
                  40 Orders.LoadAsync
                    awaiting Channel<Order>.ReadAsync
                  2 Mail.SendAsync
                    runnable
            by origin
              40 GET /orders/{id}
                Orders.LoadAsync
                awaiting Channel<Order>.ReadAsync
            note: registrations were left out

            """,
            output);
    }

    [Fact]
    public async Task Leaks_Difference_PutsGrowthFirstAndOmitsUnchanged()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Capture(0, loads: 40, sends: 9), TestContext.Current.CancellationToken);
        await using var server = await ServeAsync(() => Capture(2, loads: 100, sends: 4));

        var (code, output, _) = await HerzRunner.RunAsync(["leaks", $"{server.Url}", "--diff", file]);
        File.Delete(file);

        Assert.Equal(0, code);
        Assert.Contains("49 pending operations before, 104 now (+55 in 120 s, +27.5 per minute)", output, StringComparison.Ordinal);
        Assert.Matches(@"\+55 Api\.HandleAsync\n +\+60 Orders\.LoadAsync\n.*\n +-5 Mail\.SendAsync", output);
        Assert.Contains("the leak watchdog reports no suspected leak", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"culprits":[{"text":"GET /orders: 1,204 pending Load"}]}""", "  GET /orders: 1,204 pending Load")]
    [InlineData("""{"culprits":[{"method":"Load","count":7}]}""", "  method Load, count 7")]
    [InlineData("no JSON", "the leak watchdog reports no suspected leak")]
    public async Task Leaks_SuspectedLeaksInAnyFormat_AreShown(string counters, string expected)
    {
        await using var server = await ServeAsync(() => Capture(0, loads: 1, sends: 1), counters);

        var (code, output, _) = await HerzRunner.RunAsync(["leaks", $"{server.Url}"]);

        Assert.Equal(0, code);
        Assert.Contains(expected + "\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaks_NothingPendingOrUnreadableProcess_AreDistinguished()
    {
        const string empty = """{"capturedAt":"2026-01-01T00:00:00Z","method":"OwnWalk","total":0,"refusals":[],"notes":[],"stacks":[]}""";
        await using var idle = await ServeAsync(() => empty);
        await using var unreadable = await ServeAsync(() => empty.Replace("OwnWalk", "None", StringComparison.Ordinal).Replace("\"refusals\":[]", """ "refusals":[{"method":"OwnWalk","reason":"no DAC"}] """, StringComparison.Ordinal));

        Assert.Contains("no work is pending", (await HerzRunner.RunAsync(["leaks", $"{idle.Url}"])).Out, StringComparison.Ordinal);
        Assert.Matches("could not read its own process(.|\n)*note: capture by OwnWalk failed: no DAC", (await HerzRunner.RunAsync(["leaks", $"{unreadable.Url}"])).Out);
    }

    [Theory]
    [InlineData(404, 2, "use the management port (Herz:Management:Port)")]
    [InlineData(401, 2, "add --header 'Authorization: …'")]
    [InlineData(403, 2, "add --header 'Authorization: …'")]
    [InlineData(302, 2, "it redirects to /login")]
    [InlineData(503, 3, "returned status 503")]
    public async Task Leaks_UnavailablePage_PrintsOneSentence(int status, int expected, string words)
    {
        await using var server = await TestServer.AlwaysAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/login";
            return Task.CompletedTask;
        });

        var (code, output, error) = await HerzRunner.RunAsync(["leaks", $"{server.Url}"]);

        Assert.Equal(expected, code);
        Assert.Equal("", output);
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Leaks_Header_GrantsAccess()
    {
        await using var server = await TestServer.AlwaysAsync(context =>
        {
            context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer x" ? 200 : 401;
            return context.Response.StatusCode == 200 ? context.Response.WriteAsync(Capture(0, 1, 1), TestContext.Current.CancellationToken) : Task.CompletedTask;
        });

        Assert.Equal(0, (await HerzRunner.RunAsync(["leaks", $"{server.Url}", "-H", "Authorization: Bearer x"])).Code);
    }

    [Theory]
    [InlineData("<html></html>", "is an HTML page")]
    [InlineData("{\"total\":1}", "is JSON, but 'capturedAt', 'total' or 'stacks' is missing or invalid")]
    [InlineData("{\"capturedAt\":1,\"total\":1,\"stacks\":[]}", "is JSON, but")]
    [InlineData("[]", "is JSON, but")]
    [InlineData("pending profile: total 3", "it is not JSON")]
    [InlineData("", "it is not JSON")]
    public async Task Leaks_OtherFormat_PrintsOneSentence(string text, string words)
    {
        await using var server = await TestServer.AlwaysAsync(context => context.Response.WriteAsync(text, TestContext.Current.CancellationToken));

        var (code, _, error) = await HerzRunner.RunAsync(["leaks", $"{server.Url}"]);

        Assert.Equal(2, code);
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Leaks_NoListener_ReturnsThree()
    {
        var (code, _, error) = await HerzRunner.RunAsync(["leaks", "http://127.0.0.1:1"]);

        Assert.Equal(3, code);
        Assert.Contains("no process listens on this port", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Leaks_MissingDiffFile_ReturnsTwoBeforeAnyRequest()
    {
        var (code, _, error) = await HerzRunner.RunAsync(["leaks", "http://127.0.0.1:1", "--diff", "/does/not/exist"]);

        Assert.Equal(2, code);
        Assert.Contains("--diff cannot read /does/not/exist", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaks_BrokenOffWhileWaiting_Returns130()
    {
        using var stop = new CancellationTokenSource();
        await using var server = await TestServer.AlwaysAsync(async context =>
        {
            await stop.CancelAsync();
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
        });

        var (code, _, error) = await HerzRunner.RunAsync(["leaks", $"{server.Url}"], stop.Token);

        Assert.Equal(130, code);
        Assert.Single(error.TrimEnd().Split('\n'));
    }
}
