using Herz.Resilience.BackgroundWork;
using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.PendingWork;

namespace Herz.Resilience.Tests.LeakWatchdog.Captures;

/// <summary>Leaks in a real app, captured from the real heap: each is named with its endpoint and method, and cleared after it has stopped.</summary>
[Collection(CapturesOfOneProcess.Name)]
public sealed class NamedLeakTests
{
    private const int PerWindow = 8;

    private readonly List<object> _never = [];

    [Fact]
    public async Task WorkThatIsNeverAwaited_IsNamedAfterThreeWindows()
    {
        await using var app = await StartAsync(LeakAsync, started: false);

        await app.RunAsync(3, "/orders/7", PerWindow);

        var leak = Assert.Single(app.Board.Current);
        Assert.Equal("GET /orders/{id}", leak.Origin);
        Assert.EndsWith($"{nameof(NamedLeakTests)}.{nameof(LeakAsync)}", leak.Method, StringComparison.Ordinal);
        Assert.Contains("TaskCompletionSource", leak.Awaits, StringComparison.Ordinal);
        Assert.Equal((3 * PerWindow, 1.0), (leak.Pending, leak.Share));
        Assert.Contains("GET /orders/{id}", Assert.Single(app.Logs.Entries, entry => entry.EventId == 904).Message);
    }

    [Fact]
    public async Task RequestsThatHang_AreNamed()
    {
        var hanging = new List<Task>();
        await using var app = await StartAsync(LeakAsync, started: true);
        for (var window = 0; window < 17; window++)
        {
            hanging.AddRange(Enumerable.Range(0, PerWindow).Select(_ => app.Client.GetAsync("/orders/7")));
            await ArriveAsync((window + 1) * PerWindow);
            await app.PassWindowAsync();
        }

        var leak = Assert.Single(app.Board.Current);

        Assert.EndsWith(nameof(LeakAsync), leak.Method, StringComparison.Ordinal);
        Complete();
        await Task.WhenAll(hanging);
    }

    [Fact]
    public async Task TimersThatAreNeverDisposed_AreNamed()
    {
        await using var app = await StartAsync(StartTimer);

        await app.RunAsync(3, "/orders/7", PerWindow);

        var leak = Assert.Single(app.Board.Current);
        Assert.Equal(("GET /orders/{id}", 3 * PerWindow), (leak.Origin, leak.Pending));
        Assert.Contains("Timer", leak.Method, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BackgroundWorkThatLeaks_IsNamed()
    {
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/mail", async (IBackgroundWork background) =>
        {
            await background.Run("mail", token =>
            {
                _ = LeakAsync();
                return Task.CompletedTask;
            }).Completion;
        }));

        await app.RunAsync(3, "/mail", PerWindow);

        var leak = Assert.Single(app.Board.Current);
        Assert.Equal(("background mail", 3 * PerWindow), (leak.Origin, leak.Pending));
    }

    [Fact]
    public async Task LeakThatStops_IsClearedAfterThreeWindows()
    {
        await using var app = await StartAsync(LeakAsync, started: false);
        await app.RunAsync(3, "/orders/7", PerWindow);

        await app.RunAsync(3, "/orders/healthy", PerWindow);

        Assert.Empty(app.Board.Current);
        Assert.Single(app.Logs.Entries, entry => entry.EventId == 906);
        Assert.Equal([LeakStatus.Suspected, LeakStatus.Cleared], app.Board.History.Select(change => change.Status));
    }

    [Fact]
    public async Task LeakedWorkThatEnds_IsCleared()
    {
        await using var app = await StartAsync(LeakAsync, started: false);
        await app.RunAsync(3, "/orders/7", PerWindow);

        Complete();
        GC.Collect();
        await app.PassWindowAsync();

        Assert.Empty(app.Board.Current);
    }

    [Fact]
    public async Task EndpointWithoutFurtherRequests_IsClearedAfterFifteenWindows()
    {
        await using var app = await StartAsync(LeakAsync, started: false);
        await app.RunAsync(3, "/orders/7", PerWindow);

        await app.RunAsync(10, "/orders/7", 0);
        Assert.Single(app.Board.Current);
        await app.RunAsync(6, "/orders/7", 0);

        Assert.Empty(app.Board.Current);
    }

    [Fact]
    public async Task EndpointThatLeaksInSomeWindows_StaysSuspected()
    {
        await using var app = await StartAsync(LeakAsync, started: false);
        for (var time = 0; time < 6; time++)
        {
            await app.SendAsync("/orders/7", PerWindow);
            for (var window = 0; window < 10; window++)
            {
                await app.PassWindowAsync();
            }
        }

        Assert.Equal(LeakStatus.Suspected, Assert.Single(app.Board.History, static change => change.Status != LeakStatus.Growing).Status);
    }

    [Fact]
    public async Task ChangeOfTheWindowLength_KeepsTheLeak()
    {
        await using var app = await StartAsync(LeakAsync, started: false);
        await app.RunAsync(3, "/orders/7", PerWindow);

        app.Reload(("LeakWatchdog:Window", "00:00:30"));
        await app.PassWindowAsync();
        Assert.Equal(3 * PerWindow, Assert.Single(app.Board.Current).Pending);
        await app.RunAsync(4, "/orders/7", PerWindow);

        // One minute is two windows now.
        Assert.InRange(Assert.Single(app.Board.Current).PerMinute, PerWindow * 0.6, PerWindow * 1.4);
        Assert.DoesNotContain(app.Board.History, static change => change.Status == LeakStatus.Cleared);
    }

    [Fact]
    public async Task LeakThatStopsWhenTheWindowLengthChanges_IsCleared()
    {
        await using var app = await StartAsync(LeakAsync, started: false);
        await app.RunAsync(3, "/orders/7", PerWindow);

        app.Reload(("LeakWatchdog:Window", "00:00:30"));
        await app.RunAsync(4, "/orders/healthy", PerWindow);

        Assert.Empty(app.Board.Current);
    }

    [Fact]
    public async Task LeakOfTerminalMiddleware_IsNamedWithoutAnEndpoint()
    {
        await using var app = await WatchedApp.StartAsync(web => web.Map("/branch", branch => branch.Run(context =>
        {
            _ = LeakAsync();
            return context.Response.WriteAsync("done");
        })));

        await app.RunAsync(3, "/branch", PerWindow);

        var leak = Assert.Single(app.Board.Current);
        Assert.Equal(("GET (no endpoint)", 3 * PerWindow), (leak.Origin, leak.Pending));
        Assert.EndsWith(nameof(LeakAsync), leak.Method, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutConcurrentCollections_NoFullCollectionIsRequested()
    {
        var capturer = new RecordingCapturer();
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/orders/{id}", () => { _ = LeakAsync(); }), build: builder =>
        {
            builder.Services.AddSingleton<FullCollections, NoConcurrentCollections>();
            builder.Services.AddSingleton<Capturer>(capturer);
        });
        for (var window = 0; window < 3; window++)
        {
            await app.SendAsync("/orders/7", PerWindow);
            await app.PassWindowAsync();
            GC.Collect();
        }

        await app.PassWindowAsync();
        GC.Collect();
        await app.PassWindowAsync();

        Assert.Equal(3 * PerWindow, Assert.Single(app.Board.Current).Pending);
        Assert.NotEmpty(capturer.Sweeps);
        Assert.All(capturer.Sweeps, static sweep => Assert.Equal(PendingWorkSweep.Young, sweep));
    }

    [Fact]
    public async Task OneLeakAmongHealthyEndpoints_IsTheOnlyOneNamed()
    {
        await using var app = await WatchedApp.StartAsync(web =>
        {
            for (var i = 0; i < 5; i++)
            {
                web.MapGet($"/healthy{i}", static async () => await Task.Delay(1));
            }

            web.MapGet("/leaky", () => { _ = LeakAsync(); });
        });
        for (var window = 0; window < 4; window++)
        {
            for (var i = 0; i < 5; i++)
            {
                await app.SendAsync($"/healthy{i}", 20);
            }

            await app.SendAsync("/leaky", PerWindow);
            await app.PassWindowAsync();
        }

        Assert.Equal("GET /leaky", Assert.Single(app.Board.Current).Origin);
        Assert.Single(app.Board.History);
    }

    [Fact]
    public async Task LeakInOneOfAHundredRequests_IsNamed()
    {
        var requests = 0;
        await using var app = await StartAsync(() => Interlocked.Increment(ref requests) % 100 == 0 ? LeakAsync() : Task.CompletedTask, started: false);

        await app.RunAsync(3, "/orders/7", 400);

        Assert.Equal(12, Assert.Single(app.Board.Current).Pending);
    }

    [Theory]
    [InlineData("OnDemand")]
    [InlineData("Off")]
    public async Task WithoutCaptures_OnlyTheEndpointIsReported(string capture)
    {
        await using var app = await StartAsync(LeakAsync, started: false, new() { ["LeakWatchdog:Capture"] = capture });

        await app.RunAsync(3, "/orders/7", PerWindow);

        var leak = Assert.Single(app.Board.Current);
        Assert.Equal(("GET /orders/{id}", null, 0), (leak.Origin, leak.Method, app.Captures));
    }

    [Fact]
    public async Task WatchdogThatIsOff_GivesNoTokens()
    {
        await using var app = await StartAsync(LeakAsync, started: false, new() { ["LeakWatchdog:Enabled"] = "false", ["LeakWatchdog:Capture"] = "OnDemand" });

        await app.RunAsync(3, "/orders/7", PerWindow);

        Assert.Empty(app.Board.Current);
    }

    [Fact]
    public async Task Leak_IsInMetricsHealthAndPage_UntilItHasStopped()
    {
        await using var app = await StartAsync(LeakAsync, started: false, environment: "Development");
        await app.RunAsync(3, "/orders/7", PerWindow);

        var metrics = await app.Client.GetStringAsync("/metrics");
        Assert.Matches(@"herz_leak_suspected\{[^}]*endpoint=""GET /orders/\{id\}""[^}]*\} 24", metrics);
        Assert.Matches(@"herz_pending_operations \d+", metrics);
        Assert.Contains("degraded", await app.Client.GetStringAsync("/healthz?probe=ready"));
        Assert.Contains("24 pending", await app.Client.GetStringAsync("/debug/herz/counters"));

        await app.RunAsync(3, "/orders/healthy", PerWindow);

        Assert.DoesNotContain("endpoint=\"GET /orders/{id}\",method", await app.Client.GetStringAsync("/metrics"));
        Assert.DoesNotContain("herz_leak_suspected{", await app.Client.GetStringAsync("/metrics"));
    }

    private static Task<WatchedApp> StartAsync(Func<Task> leak, bool started, Dictionary<string, string?>? settings = null, string? environment = null) => WatchedApp.StartAsync(
        web => web.MapGet("/orders/{id}", async (string id) =>
        {
            var work = id == "healthy" ? Task.CompletedTask : leak();
            await (started ? work : Task.CompletedTask);
        }),
        settings,
        environment: environment);

    private static Task<WatchedApp> StartAsync(Action leak) => WatchedApp.StartAsync(web => web.MapGet("/orders/{id}", leak));

    private async Task LeakAsync()
    {
        var never = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_never)
        {
            _never.Add(never);
        }

        await never.Task;
    }

    private void StartTimer()
    {
        lock (_never)
        {
            _never.Add(new Timer(static _ => { }, new object(), TimeSpan.FromDays(1), TimeSpan.FromDays(1)));
        }
    }

    private async Task ArriveAsync(int requests)
    {
        while (true)
        {
            lock (_never)
            {
                if (_never.Count == requests)
                {
                    return;
                }
            }

            await Task.Yield();
        }
    }

    private void Complete()
    {
        lock (_never)
        {
            foreach (var never in _never.Cast<TaskCompletionSource<int>>())
            {
                never.SetResult(1);
            }

            _never.Clear();
        }
    }

    /// <summary>As in a process without background collections.</summary>
    private sealed class NoConcurrentCollections : FullCollections
    {
        public override bool CanRequest => false;

        public override void Request() => throw new InvalidOperationException("A full collection was requested.");
    }

    private sealed class RecordingCapturer : Capturer
    {
        public List<PendingWorkSweep> Sweeps { get; } = [];

        protected override PendingWorkProfile Capture(PendingWorkOptions options)
        {
            Sweeps.Add(options.Collect);
            return base.Capture(options);
        }
    }
}
