using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.LeakWatchdog.Reporting;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Tests.Hosting;

namespace Herz.Resilience.Tests.LeakWatchdog;

/// <summary>A real app on a clock that only the test advances: the watchdog checks only when the test calls it.</summary>
internal sealed class WatchedApp : IAsyncDisposable
{
    private static readonly TimeSpan s_quarter = TimeSpan.FromSeconds(15);

    private readonly TestApp _app;
    private readonly ManualClock _clock;

    private WatchedApp(TestApp app, ManualClock clock)
    {
        _app = app;
        _clock = clock;
    }

    public HttpClient Client => _app.Client;

    public LogSink Logs => _app.Logs;

    public void Reload(params ReadOnlySpan<(string Key, string? Value)> settings) => _app.Reload(settings);

    public IServiceProvider Services => _app.Services;

    public LeakBoard Board => Services.GetRequiredService<LeakBoard>();

    public int Captures => Services.GetRequiredService<Capturer>().Last?.Id ?? 0;

    public static async Task<WatchedApp> StartAsync(
        Action<WebApplication> map, Dictionary<string, string?>? settings = null, Action<WebApplicationBuilder>? build = null, string? environment = null)
    {
        var clock = new ManualClock();
        settings ??= [];

        // No request may be refused.
        settings["Mode"] = "Observe";
        var app = await TestApp.StartAsync(map, settings, environment: environment, build: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(clock);
            builder.Services.AddSingleton<FullCollections, BlockingCollections>();
            build?.Invoke(builder);
        });
        return new WatchedApp(app, clock);
    }

    /// <summary>Sends requests one after the other.</summary>
    public async Task SendAsync(string path, int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            using var response = await Client.GetAsync(path);
        }
    }

    /// <summary>Advances the clock by one window of a minute and checks in each quarter.</summary>
    public async Task PassWindowAsync()
    {
        var watch = Services.GetRequiredService<LeakWatch>();
        for (var quarter = 0; quarter < 4; quarter++)
        {
            _clock.Now += s_quarter;

            // As in the product, on a thread of its own.
            await Task.Factory.StartNew(watch.Check, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>Sends the same requests in each window, and then passes one more window without requests.</summary>
    public async Task RunAsync(int windows, string path, int requests)
    {
        for (var window = 0; window < windows; window++)
        {
            await SendAsync(path, requests);
            await PassWindowAsync();
        }

        await PassWindowAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;

        public DateTimeOffset Now
        {
            get => new(Volatile.Read(ref _ticks), TimeSpan.Zero);
            set => Volatile.Write(ref _ticks, value.UtcTicks);
        }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Volatile.Read(ref _ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }

    /// <summary>Collects at once, so that a test does not wait for a background collection.</summary>
    private sealed class BlockingCollections : FullCollections
    {
        public override bool CanRequest => true;

        public override void Request() => GC.Collect();
    }
}
