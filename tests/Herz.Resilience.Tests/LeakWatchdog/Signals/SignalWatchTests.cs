using System.Net;
using System.Text.Json;
using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.LeakWatchdog.Signals;

public sealed class SignalWatchTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task ConfiguredInterval_TakesASample()
    {
        await using var app = await StartAsync(new() { ["LeakWatchdog:Interval"] = "00:00:05" });
        var history = app.Services.GetRequiredService<SampleHistory>();

        while (history.Last is null)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.True(history.Last.Values[(int)Signal.PoolThreads] >= 1);
        Assert.True(history.Last.Values[(int)Signal.FileDescriptors] >= 1);
    }

    [Fact]
    public async Task Sample_CountsArmedTimers()
    {
        await using var app = await StartAsync();
        var watchdog = app.Services.GetRequiredService<SignalWatch>();
        var history = app.Services.GetRequiredService<SampleHistory>();
        watchdog.Sample();
        var before = history.Last!.Values[(int)Signal.Timers];

        // Other tests have timers in the same process, so the leak is larger than their variation.
        var leak = Enumerable.Range(0, 5000).Select(_ => new Timer(static _ => { }, null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan)).ToArray();
        watchdog.Sample();

        Assert.True(history.Last.Values[(int)Signal.Timers] - before > 3000);
        Array.ForEach(leak, timer => timer.Dispose());
    }

    [Fact]
    public async Task Sample_CountsRequestsSinceThePreviousSample()
    {
        await using var app = await StartAsync();
        var watchdog = app.Services.GetRequiredService<SignalWatch>();
        watchdog.Sample();
        await app.Client.GetAsync("/");
        await app.Client.GetAsync("/");

        watchdog.Sample();

        Assert.Equal(2, app.Services.GetRequiredService<SampleHistory>().Last!.Requests);
    }

    [Fact]
    public async Task Watchdog_SwitchedOff_ResetsItsState()
    {
        await using var app = await StartAsync();
        app.Services.GetRequiredService<SignalWatch>().Analyze(Timers(at => 10 * at));
        app.Services.GetRequiredService<SignalWatch>().Sample();

        app.Reload(("LeakWatchdog:Enabled", "false"));
        while (app.Services.GetRequiredService<SampleHistory>().Last is not null)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }

        Assert.Empty(app.Services.GetRequiredService<SignalSuspicions>().Suspected);
        Assert.Contains("herz_process_signal_suspected{signal=\"timers\"} 0", await app.Client.GetStringAsync("/metrics"));
    }

    [Fact]
    public async Task Leak_IsReportedOnceAndClearedOnce()
    {
        await using var app = await StartAsync();
        var watchdog = app.Services.GetRequiredService<SignalWatch>();

        watchdog.Analyze(Timers(at => 10 * at));
        watchdog.Analyze(Timers(at => 10 * at));
        Assert.Contains("timers", Assert.Single(app.Logs.Entries, entry => entry.EventId == 901).Message);
        Assert.Contains("herz_process_signal_suspected{signal=\"timers\"} 1", await app.Client.GetStringAsync("/metrics"));

        watchdog.Analyze(Timers(_ => 10));
        Assert.DoesNotContain(app.Logs.Entries, entry => entry.EventId == 902);
        watchdog.Analyze(Timers(_ => 10));
        Assert.Single(app.Logs.Entries, entry => entry.EventId == 902);
        Assert.Contains("herz_process_signal_suspected{signal=\"timers\"} 0", await app.Client.GetStringAsync("/metrics"));
    }

    [Fact]
    public async Task CountersPage_InProduction_Returns404()
    {
        await using var app = await StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync("/debug/herz/counters")).StatusCode);
    }

    [Fact]
    public async Task CountersPage_InDevelopment_ShowsTheHistory()
    {
        await using var app = await TestApp.StartAsync(
            static web => web.MapGet("/", () => "ok"), time: _time, environment: "Development");
        app.Services.GetRequiredService<SignalWatch>().Sample();

        using var page = JsonDocument.Parse(await app.Client.GetStringAsync("/debug/herz/counters"));

        var sample = page.RootElement.GetProperty("samples")[0];
        Assert.All(SignalCatalog.All, signal => Assert.True(sample.TryGetProperty(signal.Name, out _)));
        Assert.Equal(0, page.RootElement.GetProperty("suspected").GetArrayLength());
    }

    [Fact]
    public void History_BeyondItsCapacity_RemovesTheOldest()
    {
        var history = new SampleHistory();
        for (var index = 0; index < 5; index++)
        {
            history.Add(new Sample(default, index, 0, []), capacity: 3);
        }

        Assert.Equal([2, 3, 4], history.Snapshot().Select(sample => sample.Requests));
    }

    private Task<TestApp> StartAsync(Dictionary<string, string?>? settings = null) =>
        TestApp.StartAsync(static web => web.MapGet("/", () => "ok"), settings, _time);

    [Fact]
    public async Task SocketsAndTimersOfOpenConnections_AreNoLeak()
    {
        await using var app = await StartAsync();

        // Four more connections per interval, each with a socket, a descriptor, two timers and some memory; the same few requests arrive.
        app.Services.GetRequiredService<SignalWatch>().Analyze([.. Enumerable.Range(0, 240).Select(static index => Held(10 + (4 * index), 4 * index))]);

        Assert.Empty(app.Services.GetRequiredService<SignalSuspicions>().Suspected);
    }

    // Sockets are counted again only after the number of descriptors has changed, so they rise in steps.
    [Fact]
    public async Task SocketsOfOpenConnections_CountedInSteps_AreNoLeak()
    {
        await using var app = await StartAsync();

        app.Services.GetRequiredService<SignalWatch>().Analyze([.. Enumerable.Range(0, 40).Select(static index => Held(20 + (2 * index), 16 * (2 * index / 16)))]);

        Assert.Empty(app.Services.GetRequiredService<SignalSuspicions>().Suspected);
    }

    [Fact]
    public async Task SocketsThatOutgrowTheOpenConnections_AreALeak()
    {
        await using var app = await StartAsync();

        app.Services.GetRequiredService<SignalWatch>().Analyze([.. Enumerable.Range(0, 240).Select(static index => Held(active: 50, sockets: 4 * index))]);

        Assert.Equal(["timers", "file_descriptors", "sockets"], app.Services.GetRequiredService<SignalSuspicions>().Suspected.Select(static signal => signal.Name));
    }

    // D13: a worker without requests, whose messages rise from 20 to 200 a second and stay; each message holds timers for a while.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TimersOfAWorkerWhoseMessagesRiseAndStay_AreNoLeak(bool metered)
    {
        await using var app = await StartAsync();
        var random = new Random(13);
        var samples = new List<Sample>();
        for (var index = 0; index < 400; index++)
        {
            var rate = 20 + (180 * Math.Clamp((index - 10) / 60.0, 0, 1));
            var messages = 15 * rate * (0.95 + (0.1 * random.NextDouble()));
            var values = new double[SignalCatalog.Count];
            values[(int)Signal.Timers] = 30 + (4 * rate) + random.Next(10);
            samples.Add(new Sample(default, 0, 0, values) { Work = metered ? 0 : (long)messages, Metered = metered ? messages : 0 });
            app.Services.GetRequiredService<SignalWatch>().Analyze([.. samples.TakeLast(240)]);

            Assert.Empty(app.Services.GetRequiredService<SignalSuspicions>().Suspected);
        }
    }

    [Fact]
    public async Task TimersThatOutgrowTheMessagesOfAWorker_AreALeak()
    {
        await using var app = await StartAsync();

        app.Services.GetRequiredService<SignalWatch>().Analyze([.. Enumerable.Range(0, 240).Select(static index =>
        {
            var values = new double[SignalCatalog.Count];
            values[(int)Signal.Timers] = 20 + (10 * index);
            return new Sample(default, 0, 0, values) { Work = 1000 + index, Metered = 1000 + index };
        })]);

        Assert.Equal("timers", Assert.Single(app.Services.GetRequiredService<SignalSuspicions>().Suspected).Name);
    }

    private static Sample Held(int active, int sockets)
    {
        var values = new double[SignalCatalog.Count];
        values[(int)Signal.ActiveRequests] = active;
        values[(int)Signal.Sockets] = 20 + sockets;
        values[(int)Signal.FileDescriptors] = 200 + sockets;
        values[(int)Signal.Timers] = 100 + (2 * sockets);
        values[(int)Signal.OldGenerationBytes] = 50e6 + (30_000 * sockets);
        return new Sample(default, 100, active, values);
    }

    private static Sample[] Timers(Func<int, double> at) => [.. Enumerable.Range(0, 240).Select(index =>
    {
        var values = new double[SignalCatalog.Count];
        values[(int)Signal.Timers] = at(index);
        return new Sample(default, 100, 0, values);
    })];
}
