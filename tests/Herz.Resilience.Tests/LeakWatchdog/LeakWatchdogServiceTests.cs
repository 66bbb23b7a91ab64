using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Origins;
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

        Assert.False(app.Services.GetRequiredService<LeakWatchdogService>().ExecuteTask!.IsCompleted);
        Assert.Contains(app.Logs.Entries, static entry => entry.Exception is InvalidOperationException { Message: "collections" });
        app.Logs.Throws = false;
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
