using System.Threading.Channels;
using Herz.Resilience.BackgroundWork;
using Herz.Resilience.Origins;

namespace Herz.Resilience.Tests.LeakWatchdog;

/// <summary>Work started by a hosted service has the token of its window, at any time. A leak is named; work that only waits for long is not.</summary>
[Collection(CapturesOfOneProcess.Name)]
public sealed class HostedLeakTests
{
    private const int PerWindow = 12;

    [Fact]
    public async Task ServiceThatLeaks_IsNamedAfterItsWorkHasGrown()
    {
        await using var app = await StartAsync<Leaking>(1);

        await RunAsync(app, 12);

        var leak = Assert.Single(app.Board.Current);
        Assert.Equal("hosted services", leak.Origin);
        Assert.EndsWith($"{nameof(Leaking)}.ForgetAsync", leak.Method, StringComparison.Ordinal);
        Assert.Contains("TaskCompletionSource", leak.Awaits, StringComparison.Ordinal);
        Assert.True(leak.Pending >= 5 * PerWindow, leak.ToString());
        Assert.True(app.Captures <= 4, $"{app.Captures} captures");
    }

    // Each item passes through a method that continues in its own context; the loop continues after it on the same thread.
    [Fact]
    public async Task LeakingServiceThatReadsAStream_IsNamed()
    {
        await using var app = await StartAsync<Streaming>(1);

        await RunAsync(app, 12);

        Assert.EndsWith($"{nameof(Streaming)}.ForgetAsync", Assert.Single(app.Board.Current).Method, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceLeakThatStops_IsCleared()
    {
        await using var app = await StartAsync<Leaking>(1);
        await RunAsync(app, 12);

        app.Services.GetRequiredService<Ticks>().Leaks = 0;
        await RunAsync(app, 3);

        Assert.Empty(app.Board.Current);
    }

    [Fact]
    public async Task WaitingConsumers_AreNotReported()
    {
        await using var app = await StartAsync<Consuming>(16);
        for (var window = 0; window < 24; window++)
        {
            // Each round wakes a few consumers, and in some windows none wakes, so each consumer may hold any window.
            await app.Services.GetRequiredService<Ticks>().RoundAsync(window % 5 == 4 ? 0 : 5);
            await app.PassWindowAsync();
        }

        Assert.Empty(app.Board.History);
    }

    [Fact]
    public async Task JobsOfSomeWindows_AreNotReported_EvenIfTheirNumberDoubles()
    {
        await using var app = await StartAsync<Working>(1);
        for (var window = 0; window < 40; window++)
        {
            // Twice as many jobs from window 20 on.
            await app.Services.GetRequiredService<Ticks>().RoundAsync(window < 20 ? 6 : 12);
            await app.PassWindowAsync();
        }

        Assert.Empty(app.Board.History);
    }

    [Fact]
    public async Task LoopsOfManyPeriods_AreNotReported()
    {
        await using var app = await StartAsync<Periodic>(20);
        for (var window = 0; window < 40; window++)
        {
            await app.Services.GetRequiredService<Ticks>().RoundAsync(20);
            await app.PassWindowAsync();
        }

        Assert.Empty(app.Board.History);
    }

    [Fact]
    public async Task HostedServices_WithoutCaptures_AreNotReported()
    {
        await using var app = await StartAsync<Leaking>(1, new() { ["LeakWatchdog:Capture"] = "OnDemand" });

        await RunAsync(app, 12);

        Assert.Empty(app.Board.History);
    }

    [Fact]
    public async Task BackgroundWorkOfAService_HasItsOwnOrigin()
    {
        await using var app = await StartAsync<Delegating>(1);

        await RunAsync(app, 4);

        Assert.Equal("background mail", Assert.Single(app.Board.Current).Origin);
    }

    [Fact]
    public async Task LeakingLoopWithoutADeadline_IsNamed()
    {
        await using var app = await StartAsync<Handing>(1);

        await RunAsync(app, 14);

        var leak = Assert.Single(app.Board.Current);
        Assert.Equal("background loop pump", leak.Origin);
        Assert.EndsWith($"{nameof(Handing)}.ForgetAsync", leak.Method, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ServicesOfAWorker_StartedInSequenceOrConcurrently_HaveTokens(bool concurrently)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddHostedService<Recording>();
        builder.UseHerzResilience();
        builder.Services.AddHostedService<RecordingLater>();
        builder.Services.Configure<HostOptions>(options => options.ServicesStartConcurrently = concurrently);
        using var host = builder.Build();

        await host.StartAsync();

        var services = host.Services.GetServices<IHostedService>().OfType<Recording>().ToList();
        Assert.Equal(2, services.Count);
        Assert.All(services, static service => Assert.True(service.AtStart && service.Later.Task.Result));
        Assert.False(EndlessOrigin.IsCurrent);
        await host.StopAsync();
    }

    [Fact]
    public async Task Requests_DoNotRunInTheContextOfServices()
    {
        await using var app = await WatchedApp.StartAsync(static web => web.MapGet("/", static async () =>
        {
            var atOnce = EndlessOrigin.IsCurrent;
            await Task.Yield();
            return atOnce || EndlessOrigin.IsCurrent;
        }));

        Assert.Equal("false", await app.Client.GetStringAsync("/"));
    }

    private static Task<WatchedApp> StartAsync<TService>(int loops, Dictionary<string, string?>? settings = null)
        where TService : BackgroundService => WatchedApp.StartAsync(static _ => { }, settings, builder =>
        {
            builder.Services.AddSingleton(new Ticks(loops));
            builder.Services.AddHostedService<TService>();
        });

    private static async Task RunAsync(WatchedApp app, int windows)
    {
        for (var window = 0; window < windows; window++)
        {
            await app.Services.GetRequiredService<Ticks>().RoundAsync(1);
            await app.PassWindowAsync();
        }
    }

    /// <summary>Wakes the loops of a service, and completes when all of them wait again.</summary>
    private sealed class Ticks(int loops)
    {
        private readonly Channel<int> _rounds = Channel.CreateUnbounded<int>();
        private readonly Channel<int> _done = Channel.CreateUnbounded<int>();
        private int _round;

        public int Loops => loops;

        public int Leaks { get; set; } = PerWindow;

        public async Task RoundAsync(int ticks)
        {
            _round++;
            for (var i = 0; i < ticks; i++)
            {
                await _rounds.Writer.WriteAsync(_round);
                await _done.Reader.ReadAsync();
            }
        }

        public ValueTask<int> NextAsync(CancellationToken token) => _rounds.Reader.ReadAsync(token);

        public IAsyncEnumerable<int> ReadAllAsync(CancellationToken token) => _rounds.Reader.ReadAllAsync(token);

        public void Done() => _done.Writer.TryWrite(0);
    }

    /// <summary>Records whether it has a token at its start and after an await.</summary>
    private class Recording : IHostedService
    {
        public bool AtStart { get; private set; }

        public TaskCompletionSource<bool> Later { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            AtStart = EndlessOrigin.IsCurrent;
            await Task.Yield();
            Later.SetResult(EndlessOrigin.IsCurrent);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class RecordingLater : Recording;

    private abstract class Looping(Ticks ticks) : BackgroundService
    {
        protected Ticks Ticks => ticks;

        protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
            Task.WhenAll(Enumerable.Range(0, ticks.Loops).Select(number => LoopAsync(number, stoppingToken)));

        protected abstract Task TickAsync(int number, int round);

        private async Task LoopAsync(int number, CancellationToken stoppingToken)
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var round = await ticks.NextAsync(stoppingToken);
                await TickAsync(number, round);
                ticks.Done();
            }
        }
    }

    private sealed class Leaking(Ticks ticks) : Looping(ticks)
    {
        private readonly List<object> _never = [];

        protected override Task TickAsync(int number, int round)
        {
            for (var i = 0; i < Ticks.Leaks; i++)
            {
                _ = ForgetAsync();
            }

            return Task.CompletedTask;
        }

        private async Task ForgetAsync()
        {
            var never = new TaskCompletionSource<int>();
            _never.Add(never);
            await never.Task;
        }
    }

    private sealed class Streaming(Ticks ticks) : BackgroundService
    {
        private readonly List<object> _never = [];

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await foreach (var round in ticks.ReadAllAsync(stoppingToken))
            {
                for (var i = 0; i < PerWindow; i++)
                {
                    _ = ForgetAsync();
                }

                ticks.Done();
            }
        }

        private async Task ForgetAsync()
        {
            var never = new TaskCompletionSource();
            _never.Add(never);
            await never.Task;
        }
    }

    /// <summary>Each tick starts a job that lasts for eight rounds.</summary>
    private sealed class Working(Ticks ticks) : Looping(ticks)
    {
        private const int Lasts = 8;

        private readonly Queue<(int Ends, TaskCompletionSource Gate)> _running = new();

        protected override async Task TickAsync(int number, int round)
        {
            await Task.Yield();
            while (_running.TryPeek(out var first) && first.Ends <= round)
            {
                _running.Dequeue().Gate.SetResult();
            }

            var gate = new TaskCompletionSource();
            _running.Enqueue((round + Lasts, gate));
            _ = RunAsync(gate.Task);
        }

        private static async Task RunAsync(Task gate) => await gate;
    }

    private sealed class Consuming(Ticks ticks) : Looping(ticks)
    {
        protected override Task TickAsync(int number, int round) => Task.CompletedTask;
    }

    /// <summary>Each loop waits for as many rounds as its number, in its own operation.</summary>
    private sealed class Periodic(Ticks ticks) : Looping(ticks)
    {
        private readonly Dictionary<int, (int Until, TaskCompletionSource Gate)> _waiting = [];

        protected override async Task TickAsync(int number, int round)
        {
            await Task.Yield();
            lock (_waiting)
            {
                for (var other = 0; other < Ticks.Loops; other++)
                {
                    if (_waiting.TryGetValue(other, out var wait) && wait.Until <= round && _waiting.Remove(other))
                    {
                        wait.Gate.SetResult();
                    }

                    if (!_waiting.ContainsKey(other))
                    {
                        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                        _waiting.Add(other, (round + 1 + other, gate));
                        _ = PauseAsync(gate.Task);
                    }
                }
            }
        }

        private static async Task PauseAsync(Task gate) => await gate;
    }

    /// <summary>Runs its loop as background work without a deadline.</summary>
    private sealed class Handing(Ticks ticks, IBackgroundWork background) : BackgroundService
    {
        private readonly List<object> _never = [];

        protected override async Task ExecuteAsync(CancellationToken stoppingToken) =>
            await background.Run("pump", LoopAsync, new WorkItemOptions { Deadline = Timeout.InfiniteTimeSpan }).Completion;

        private async Task LoopAsync(CancellationToken token)
        {
            while (!token.IsCancellationRequested)
            {
                await ticks.NextAsync(token);
                for (var i = 0; i < PerWindow; i++)
                {
                    _ = ForgetAsync();
                }

                ticks.Done();
            }
        }

        private async Task ForgetAsync()
        {
            var never = new TaskCompletionSource();
            _never.Add(never);
            await never.Task;
        }
    }

    private sealed class Delegating(Ticks ticks, IBackgroundWork background) : Looping(ticks)
    {
        private readonly List<object> _never = [];

        protected override async Task TickAsync(int number, int round)
        {
            for (var i = 0; i < PerWindow; i++)
            {
                await background.Run("mail", token =>
                {
                    _ = ForgetAsync();
                    return Task.CompletedTask;
                }).Completion;
            }
        }

        private async Task ForgetAsync()
        {
            var never = new TaskCompletionSource();
            lock (_never)
            {
                _never.Add(never);
            }

            await never.Task;
        }
    }
}
