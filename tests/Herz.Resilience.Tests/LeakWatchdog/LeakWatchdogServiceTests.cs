using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Origins;
using Herz.Resilience.PendingWork;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.LeakWatchdog;

public sealed class LeakWatchdogServiceTests
{
    [Fact]
    public async Task FailingCheck_WithAThrowingLog_DoesNotStopTheHost()
    {
        var time = new FakeTimeProvider();
        var collections = new Failing();
        await using var app = await TestApp.StartAsync(static _ => { }, build: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.Services.AddSingleton<FullCollections>(collections);
        });
        app.Logs.Throws = true;

        // A used token creates a window to check.
        app.Services.GetRequiredService<OriginRegistry>().Of("GET /", OriginKind.Endpoint).Lend();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (collections.Reads < 3)
        {
            timeout.Token.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }

        Assert.True(app.Services.GetRequiredService<LeakWatchdogService>().IsRunning);
        Assert.Contains(app.Logs.Entries, static entry => entry.Exception is InvalidOperationException { Message: "collections" });
        app.Logs.Throws = false;
    }

    [Fact]
    public async Task WatchdogThatNoLongerLooks_IsInTheMetrics()
    {
        var time = new FakeTimeProvider();
        await using var app = await TestApp.StartAsync(static _ => { }, time: time);
        var service = app.Services.GetRequiredService<LeakWatchdogService>();
        await service.StopAsync(default);
        while (service.IsRunning)
        {
            await Task.Yield();
        }

        var age = app.Services.GetRequiredService<LastLook>().Age.TotalSeconds;
        time.Advance(TimeSpan.FromMinutes(2));

        Assert.Contains($"herz_watchdog_last_look_age_seconds {age + 120}", await app.Client.GetStringAsync("/metrics"));
    }

    [Fact]
    public async Task RefusedCaptures_AreCountedByReason()
    {
        await using var app = await TestApp.StartAsync(static _ => { });
        var metrics = app.Services.GetRequiredService<LeakWatchdogMetrics>();

        metrics.Refused([new CaptureRefusal(CaptureMethod.OwnWalk, "the heap has 300 MB")]);
        metrics.Refused([new CaptureRefusal(CaptureMethod.OwnWalk, "the heap has 4,512.5 MB"), new CaptureRefusal(CaptureMethod.ForkSnapshot, "not Linux")]);

        var page = await app.Client.GetStringAsync("/metrics");
        Assert.Contains("herz_watchdog_refused_captures_total{method=\"OwnWalk\",reason=\"the heap has N MB\"} 2", page);
        Assert.Contains("herz_watchdog_refused_captures_total{method=\"ForkSnapshot\",reason=\"not Linux\"} 1", page);
    }

    private sealed class Failing : FullCollections
    {
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public override long LastStarted
        {
            get
            {
                Interlocked.Increment(ref _reads);
                throw new InvalidOperationException("collections");
            }
        }
    }
}
