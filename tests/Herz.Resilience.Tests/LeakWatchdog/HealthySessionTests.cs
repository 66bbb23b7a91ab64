using Herz.Resilience.LeakWatchdog;

namespace Herz.Resilience.Tests.LeakWatchdog;

/// <summary>Sessions that outlive their requests: as much ends as begins, so they are no leak; what never ends among them is one.</summary>
[Collection(CapturesOfOneProcess.Name)]
public sealed class HealthySessionTests
{
    private const int Lasts = 75;
    private const int PerWindow = 5;

    private readonly Queue<(int Ends, TaskCompletionSource Gate)> _sessions = new();
    private readonly List<TaskCompletionSource> _never = [];
    private int _window;

    // D5: reported at most until the first sessions have ended, then cleared, and never again.
    [Fact]
    public async Task SessionsOf75Windows_AreClearedInTheSteadyState()
    {
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/login", () => { _ = SessionAsync(Lasts); }));
        await RunAsync(app, Lasts + 12, PerWindow);
        Assert.Empty(app.Board.Current);

        var changes = app.Board.History.Length;
        await RunAsync(app, 40, PerWindow);

        Assert.Equal(changes, app.Board.History.Length);
    }

    // The window of a session ends with the last of many, so only captures show that sessions end.
    [Fact]
    public async Task SessionsOfRandomLength_AreClearedInTheSteadyState()
    {
        var random = new Random(5);
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/login", () => { _ = SessionAsync((int)(-12 * Math.Log(1 - random.NextDouble()))); }));
        await RunAsync(app, 100, 20);
        Assert.Empty(app.Board.Current);

        var changes = app.Board.History.Length;
        await RunAsync(app, 40, 20);

        Assert.Equal(changes, app.Board.History.Length);
    }

    [Fact]
    public async Task SessionsWithoutCaptures_AreClearedInTheSteadyState()
    {
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/login", () => { _ = SessionAsync(20); }), new() { ["LeakWatchdog:Capture"] = "OnDemand" });

        await RunAsync(app, 50, PerWindow);

        Assert.Empty(app.Board.Current);
    }

    [Fact]
    public async Task LeakAmongSessionsInTheSteadyState_IsNamed()
    {
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/login", () =>
        {
            _ = SessionAsync(10);
            _ = _window > 40 ? LeakAsync() : null;
        }));
        await RunAsync(app, 40, PerWindow);
        Assert.Empty(app.Board.Current);

        await RunAsync(app, 40, PerWindow);

        Assert.EndsWith(nameof(LeakAsync), Assert.Single(app.Board.Current).Method, StringComparison.Ordinal);
    }

    // The pool opens a connection with a read loop whenever more requests come than ever before.
    [Fact]
    public async Task PoolThatGrowsWithTheLoad_IsNotReported()
    {
        var connections = 0;
        var needed = 0;
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/query", () =>
        {
            while (connections < needed)
            {
                connections++;
                _ = LeakAsync();
            }
        }));
        for (var minute = 1; minute <= 20; minute++)
        {
            needed = 4 * minute;
            await RunAsync(app, 1, 10 * minute, "/query");
        }

        Assert.Equal(80, connections);
        Assert.Empty(app.Board.History);
    }

    [Fact]
    public async Task LeakUnderARampOfLoad_IsNamedWithinFourWindows()
    {
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/query", () => { _ = LeakAsync(); }));
        for (var minute = 1; minute <= 4; minute++)
        {
            await RunAsync(app, 1, 5 * minute, "/query");
        }

        Assert.Single(app.Board.Current);
    }

    [Fact]
    public async Task OriginThatLeaksTwoThings_IsOneReportWithItsParts()
    {
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/both", () =>
        {
            _ = LeakAsync();
            _ = MailAsync();
            _ = MailAsync();
        }));

        await RunAsync(app, 5, PerWindow, "/both");

        var leak = Assert.Single(app.Board.Current);
        Assert.EndsWith(nameof(MailAsync), leak.Method, StringComparison.Ordinal);
        Assert.EndsWith(nameof(LeakAsync), Assert.Single(leak.Parts).Method, StringComparison.Ordinal);
        Assert.Contains("; also ", leak.ToString(), StringComparison.Ordinal);
        Assert.Single(app.Logs.Entries, static entry => entry.EventId == 904);
        Assert.Single(app.Board.History, static change => change.Status == LeakStatus.Suspected);
    }

    private async Task RunAsync(WatchedApp app, int windows, int perWindow, string path = "/login")
    {
        for (var end = _window + windows; _window < end; _window++)
        {
            while (_sessions.TryPeek(out var first) && first.Ends <= _window)
            {
                _sessions.Dequeue().Gate.SetResult();
            }

            await app.SendAsync(path, perWindow);
            Sort();
            await app.PassWindowAsync();
        }
    }

    private void Sort()
    {
        var all = _sessions.OrderBy(static session => session.Ends).ToArray();
        _sessions.Clear();
        Array.ForEach(all, _sessions.Enqueue);
    }

    private async Task SessionAsync(int lasts)
    {
        var gate = new TaskCompletionSource();
        _sessions.Enqueue((_window + lasts, gate));
        await gate.Task;
    }

    private async Task LeakAsync()
    {
        var never = new TaskCompletionSource();
        _never.Add(never);
        await never.Task;
    }

    private async Task MailAsync()
    {
        var never = new TaskCompletionSource();
        _never.Add(never);
        await never.Task;
    }
}
